import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { never } from '../fixtures/engine';
import { until } from '../fixtures/until';
import { run } from './extension';
import { Person } from './person';
import { scene } from './scene';

describe('data that lives in a container', function () {
  // Containers are stopped, made and started several times.
  this.timeout(180_000);
  const here = scene();
  const command = ['sh', '-c', 'mkdir -p /srv/data; echo good > /srv/data/file; exec sleep infinity'];
  const start = async (name: string, labels: Record<string, string> = {}) => {
    const id = await here.test.startContainer([], { command, name, labels });
    const isThere = () =>
      here.test.exec(id, ['cat', '/srv/data/file']).then(
        () => true,
        () => false,
      );
    await until(isThere, 10_000, 'the data is there');
    return id;
  };
  const idOf = async (name: string) =>
    (await here.test.engine.listContainers(never)).find((each) => each.name === here.test.name(name))?.id;
  const read = async (name: string) =>
    (await here.test.exec((await idOf(name))!, ['cat', '/srv/data/file'])).toString().trim();

  it('gets a volume, after a question that says what stays behind; and the container can have its place back', async () => {
    const id = await start('app');
    await here.test.exec(id, ['sh', '-c', 'echo x > /etc/elsewhere']);
    const name = here.test.name('app-data');
    using person = new Person().willAnswer(here.test.name('app'), '/srv/data', name, undefined);
    await run('persist');
    assert.match(person.last, /^Move “\/srv\/data” of container “.*app” to the new volume/);
    assert.match(person.details.at(-1) ?? '', /stays behind in the old one: \/etc \(1\)/);
    assert.equal(await idOf('app'), id, 'not without a yes');

    person.willAnswer(here.test.name('app'), '/srv/data', name, 'Persist');
    await run('persist');
    assert.match(
      person.last,
      new RegExp(`^/srv/data of ${here.test.name('app')} is on the volume ${name} now: 5 B moved in`),
    );
    assert.notEqual(await idOf('app'), id);
    assert.equal(await read('app'), 'good');
    assert.equal((await here.api.timings()).at(-1)?.kind, 'persist');

    person.willAnswer('Undo Persist');
    await run('undoPersist', { replaced: id });
    assert.match(person.last, /app is again what it was, after .*The other one is kept as .*app\.after-persist\./);
    assert.equal(await idOf('app'), id);
    person.willAnswer(here.test.name('app.after-persist'), 'Remove');
    await run('removeReplaced');
    assert.equal(await idOf('app.after-persist'), undefined);
    assert.ok(await here.test.engine.inspectVolume(name, never), 'the volume stays');
  });

  it('of a Compose service gets a volume in its file, too, which is shown before', async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'compose-')), 'compose.yml');
    fs.writeFileSync(file, '# mine\nservices:\n  web:\n    image: x\n');
    const project = here.test.name('shop');
    const compose = 'com.docker.compose';
    await start('web', {
      [`${compose}.project`]: project,
      [`${compose}.service`]: 'web',
      [`${compose}.project.config_files`]: file,
    });
    const name = `${project}_web-data`;
    using person = new Person().willAnswer(here.test.name('web'), '/srv/data', name, undefined);
    await run('persist');
    const edited =
      '# mine\nservices:\n  web:\n    image: x\n    volumes:\n      - web-data:/srv/data\nvolumes:\n  web-data:\n';
    assert.match(person.details.at(-1) ?? '', /gets the volume as the comparison shows/);
    const isShown = () => vscode.workspace.textDocuments.some((document) => document.getText() === edited);
    await until(async () => isShown(), 10_000, 'the edit is shown');
    assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /volumes/);

    person.willAnswer(here.test.name('web'), '/srv/data', name, 'Persist and Edit File');
    await run('persist');
    assert.equal(fs.readFileSync(file, 'utf8'), edited);
    assert.equal(await read('web'), 'good');
    const { labels } = await here.test.engine.inspectVolume(name, never);
    assert.deepEqual([labels[`${compose}.project`], labels[`${compose}.volume`]], [project, 'web-data']);
    await here.test.docker.getContainer((await idOf('web'))!).remove({ force: true });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(path.dirname(file), { recursive: true });
  });
});
