import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { sayUnusableSettings, settings } from '../../src/ui/settings';
import { until } from './extension';

describe('a setting that cannot be used', () => {
  const set = (name: string, value: unknown) =>
    vscode.workspace.getConfiguration('dockerVolumes').update(name, value, vscode.ConfigurationTarget.Global);
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
