import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { sayUnusableSettings, settings } from '../../src/ui/settings';
import { run, until } from './extension';
import { Person } from './person';
import { fileScene } from './scene';

const set = (name: string, value: unknown) =>
  vscode.workspace.getConfiguration('dockerVolumes').update(name, value, vscode.ConfigurationTarget.Global);

describe('an image of the agent that cannot be pulled', () => {
  const here = fileScene();
  afterEach(() => set('agentImage', undefined));

  it('is told as the step that failed', async () => {
    using person = new Person();
    await set('agentImage', 'localhost:1/no-such-image:1');
    // The connection is made anew for it meanwhile.
    await until(async () => {
      await run('snapshot', await here.node());
      return / failed /.test(person.last);
    });
    assert.match(person.last, / failed at “Getting the image of the agent”: .*localhost:1/);
    assert.equal((await here.api.timings()).at(-1)?.failedIn, 'pull');
  });
});

describe('a setting that cannot be used', () => {
  afterEach(async () => {
    await set('freezeBudgetSeconds', undefined);
    await set('stopGraceSeconds', undefined);
  });

  it('is its default, which the log says once', async () => {
    const said: unknown[][] = [];
    await set('freezeBudgetSeconds', 'soon');
    const watching = sayUnusableSettings({ warn: (...words) => void said.push(words) });
    assert.equal(settings.operations().freezeBudgetMs, 10_000);
    const soon = ['setting', 'dockerVolumes.freezeBudgetSeconds: "soon" is not a number from 1 to 600; 10 is used'];
    assert.deepEqual(said, [soon]);
    await set('stopGraceSeconds', -1);
    await until(() => said.length > 1);
    assert.equal(settings.operations().stopGraceSeconds, 3);
    assert.deepEqual(said.slice(1), [
      ['setting', 'dockerVolumes.stopGraceSeconds: -1 is not a number from 0 to 600; 3 is used'],
    ]);
    await set('stopGraceSeconds', 1.2);
    await until(() => settings.operations().stopGraceSeconds === 2);
    assert.equal(said.length, 2);
    watching.dispose();
  });
});
