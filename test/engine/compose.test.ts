import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as operations from '../../src/core/operations';
import { serviceOf, specForCompose } from '../../src/core/persist/composeService';
import { withVolume } from '../../src/features/persist/composeEdit';
import { placeOf } from '../../src/features/backups/place';
import { never, testImage, testLabel } from '../fixtures/engine';
import { Operations } from '../fixtures/operations';

/** Debian's, or the one of Docker Desktop. */
const program = spawnSync('docker-compose', ['version']).status === 0 ? ['docker-compose'] : ['docker', 'compose'];

describe('Compose', function () {
  this.timeout(180_000);
  let ops: Operations;
  let folder: string;
  let project: string;
  before(async () => {
    ops = await Operations.connect();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compose-'));
    project = ops.test.name('shop');
    const service = {
      image: testImage,
      command: 'sleep infinity',
      init: true,
      volumes: ['db:/data'],
      network_mode: 'none',
    };
    const labels = { [testLabel]: '1', 'shop.kind': 'the database' };
    const { volumes: _, ...bare } = service;
    const file = {
      version: '3.7',
      services: { db: { ...service, labels }, app: { ...bare, labels } },
      volumes: { db: { driver: 'local', labels } },
    };
    fs.writeFileSync(path.join(folder, 'docker-compose.yml'), JSON.stringify(file));
  });
  after(async () => {
    compose('down', '-v');
    fs.rmSync(folder, { recursive: true });
    await ops[Symbol.asyncDispose]();
  });

  /** What it says, of which a good start has neither a warning nor an error. */
  const compose = (...args: string[]) => {
    const [command, ...first] = [...program, '-p', project, ...args];
    const { status, stdout, stderr } = spawnSync(command!, first, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
    return { stdout, said: stderr };
  };
  const inService = (script: string, service = 'db') =>
    compose('exec', '-T', service, 'sh', '-c', script).stdout.trim();

  it('starts on a volume that was restored from a backup, says nothing of it, and takes it as its own', async () => {
    compose('up', '-d');
    inService('echo precious > /data/file');
    const name = `${project}_db`;
    const before = await ops.test.engine.inspectVolume(name, never);
    const place = placeOf(path.join(folder, 'db.tar.zst'));
    const request = { ...place, volume: name, note: '', level: 3, tool: 'a test' };
    const { snapshot } = await ops.run('backup', name, (run) => operations.backUpVolume(ops.host, request, run));
    assert.match(compose('down', '-v').said, new RegExp(`Remov.* ${name}`, 's'));
    await ops.delete(snapshot);

    const restored = await ops.run('import', name, (run) =>
      operations.importToNewVolume(ops.host, { ...place, name, note: '' }, run),
    );
    const { driver, labels, options } = restored.volume;
    assert.deepEqual(
      { driver, labels, options },
      { driver: before.driver, labels: before.labels, options: before.options },
    );
    assert.ok(
      Object.keys(labels).some((label) => label.startsWith('com.docker.compose.')),
      JSON.stringify(labels),
    );

    const { said } = compose('up', '-d');
    assert.doesNotMatch(said, /warn|already exists|not created|recreat/i);
    assert.doesNotMatch(said, new RegExp(`Creating volume "?${name}`));
    assert.equal(inService('cat /data/file'), 'precious');
    assert.match(compose('down', '-v').said, new RegExp(`Remov.* ${name}`, 's'));
    assert.ok(!(await ops.test.engine.listVolumes(never)).some((volume) => volume.name === name));
    await ops.delete(restored.snapshot);
  });

  it('takes the volume of a service whose data was persisted, says nothing of it, and keeps all data', async () => {
    compose('up', '-d');
    inService('mkdir -p /srv/data; echo precious > /srv/data/file', 'app');
    const all = await ops.test.engine.listContainers(never);
    const app = all.find(
      ({ labels }) => serviceOf({ labels })?.project === project && serviceOf({ labels })?.service === 'app',
    )!;
    const service = serviceOf(app)!;
    const spec = specForCompose(service, { name: `${project}_app-data`, driver: 'local', labels: {}, options: {} });
    const [file] = service.files;
    const edited = withVolume(fs.readFileSync(file!, 'utf8'), { service: 'app', key: 'app-data', path: '/srv/data' });
    const persisted = await ops.run('persist', spec.name, (run) =>
      operations.persist(ops.host, { container: app.id, path: '/srv/data', spec }, run),
    );
    assert.equal(inService('cat /srv/data/file; echo later >> /srv/data/file', 'app'), 'precious');
    fs.writeFileSync(file!, edited!);

    const { said } = compose('up', '-d');
    assert.doesNotMatch(said, /warn|already exists|not created/i);
    assert.equal(inService('cat /srv/data/file', 'app'), 'precious\nlater');
    assert.deepEqual((await ops.test.engine.inspectVolume(spec.name, never)).labels, spec.labels);
    const now = (await ops.test.engine.listContainers(never)).filter(
      ({ labels }) => serviceOf({ labels })?.service === 'app' && serviceOf({ labels })?.project === project,
    );
    assert.deepEqual(
      now.map(({ state, mounts }) => [state, mounts.map(({ name }) => name)]),
      [['running', [spec.name]]],
    );
    assert.match(compose('down', '-v').said, new RegExp(`Remov.* ${spec.name}`, 's'));
    await ops.delete(persisted.snapshot);
  });
});
