import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as atEnd from '../../scripts/testbed/at-end.mjs';
import type * as containers from '../../scripts/testbed/containers.mjs';
import type * as engineApi from '../../scripts/testbed/engine-api.mjs';
import type * as images from '../../scripts/testbed/images.mjs';
import type * as processes from '../../scripts/testbed/processes.mjs';
import type * as provideEngine from '../../scripts/testbed/provide-engine.mjs';
import type * as treeManifest from '../../scripts/testbed/tree-manifest.mjs';
import type * as until from '../../scripts/testbed/page/until.mjs';
import type * as vscode from '../../scripts/testbed/vscode.mjs';
import type * as workbenchPage from '../../scripts/testbed/workbench-page.mjs';

export type { TreeManifest } from '../../scripts/testbed/tree-manifest.mjs';
export type { Row } from '../../scripts/testbed/page/tree-view.mjs';
export type { WorkbenchPage } from '../../scripts/testbed/workbench-page.mjs';
export type Testbed = Awaited<ReturnType<typeof loadTestbed>>;

/** The test bed is made of plain ES modules, which know their place by `import.meta`: loaded, not bundled. */
export async function loadTestbed() {
  const load = <T>(file: string) => import(pathToFileURL(path.resolve('scripts', 'testbed', file)).href) as Promise<T>;
  return {
    ...(await load<typeof atEnd>('at-end.mjs')),
    ...(await load<typeof containers>('containers.mjs')),
    ...(await load<typeof engineApi>('engine-api.mjs')),
    ...(await load<typeof images>('images.mjs')),
    ...(await load<typeof processes>('processes.mjs')),
    ...(await load<typeof provideEngine>('provide-engine.mjs')),
    ...(await load<typeof treeManifest>('tree-manifest.mjs')),
    ...(await load<typeof until>('page/until.mjs')),
    ...(await load<typeof vscode>('vscode.mjs')),
    ...(await load<typeof workbenchPage>('workbench-page.mjs')),
  };
}
