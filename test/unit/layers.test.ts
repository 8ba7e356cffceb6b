import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Linter, type Rule } from 'eslint';

interface Configured {
  plugins?: { house?: { rules: { layers: Rule.RuleModule } } };
}

describe('the lint rule of the layers', () => {
  let complaintsOf: (file: string, code: string) => string[];

  before(async () => {
    const address = pathToFileURL(path.resolve('eslint.config.mjs')).href;
    const { default: configs } = (await import(address)) as { default: Configured[] };
    const house = configs.find(({ plugins }) => plugins?.house)!.plugins!.house!;
    const linter = new Linter({ configType: 'flat' });
    complaintsOf = (file, code) =>
      linter
        .verify(code, [{ files: ['**/*.ts'], plugins: { house }, rules: { 'house/layers': 'error' } }], {
          filename: path.resolve(file),
        })
        .map(({ message }) => message.replace(' (ARCHITECTURE.md, layers).', ''));
  });

  const refused: [file: string, code: string, complaint: string][] = [
    ['src/core/plan.ts', "import * as vscode from 'vscode';", 'src/core does not know vscode'],
    ['src/core/plan.ts', "export { a } from '../engine/names';", 'src/core does not know src/engine'],
    ['src/core/plan.ts', "export * from '../ui/words';", 'src/core does not know src/ui'],
    ['src/ui/words.ts', "import { Api } from '../extension';", 'src/ui does not know src/extension.ts'],
    ['src/features/volumes/tree.ts', "import Docker from 'dockerode';", 'src/features does not know dockerode'],
    ['src/features/volumes/tree.ts', "import 'dockerode/lib/util';", 'src/features does not know dockerode'],
    ['src/features/volumes/tree.ts', "import('../../agent/scan');", 'src/features does not know src/agent'],
    ['src/core/plan.ts', "async () => (await import('koffi')).load;", 'src/core does not know koffi'],
    ['src/extension.ts', "import Docker from 'dockerode';", 'src/extension.ts does not know dockerode'],
    ['src/extension.ts', "import { scan } from './agent/scan';", 'src/extension.ts does not know src/agent'],
    ['src/extension.ts', "import('./webview/timings');", 'src/extension.ts does not know src/webview'],
  ];
  for (const [file, code, complaint] of refused) {
    it(`refuses ${code} in ${file}`, () => assert.equal(complaintsOf(file, code)[0], complaint));
  }

  it('refuses an import whose name is not written out', () => {
    assert.match(complaintsOf('src/core/plan.ts', 'import(name);')[0] ?? '', /is written out/);
  });

  it('allows what a layer knows', () => {
    assert.deepEqual(complaintsOf('src/extension.ts', "import * as vscode from 'vscode'; import './ui/words';"), []);
    assert.deepEqual(complaintsOf('src/agent/main.ts', "import('./agent'); import('../core/plan');"), []);
    assert.deepEqual(complaintsOf('src/agent/libc.ts', "import koffi from 'koffi';"), []);
  });
});
