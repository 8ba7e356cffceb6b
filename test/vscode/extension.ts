import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/extension';
import type { Node, SnapshotNode, VolumeNode } from '../../src/features/volumes/model';
import { testNamespace } from '../../src/features/connection/connect';
import { TestEngine } from '../fixtures/engine';

export const extensionId = 'volumes-for-docker.volumes-for-docker';

/** The extension under test, activated. */
export async function activated(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>(extensionId);
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

/**
 * The engine that the extension is connected to, in the namespace it uses in tests (src/features/connection/connect.ts),
 * so that disposal removes its store too.
 */
export async function connectLikeExtension(): Promise<TestEngine> {
  const test = await TestEngine.connect();
  test.engine.dispose();
  Object.assign(test, { prefix: testNamespace() });
  return Object.assign(test, { engine: await test.connectAgain() });
}

/** Cuts the extension off from the engine, and then removes what it made there in this run. */
export async function leaveNothing(): Promise<void> {
  await setEngine('unix:///nowhere/docker.sock');
  await using _test = await connectLikeExtension();
}

/** Sets the engine, and waits until the extension is cut off from the one it had; undefined has it find that again. */
export async function setEngine(endpoint: string | undefined): Promise<void> {
  const api = await activated();
  const setting = vscode.workspace.getConfiguration('dockerVolumes');
  await setting.update('engine', endpoint, vscode.ConfigurationTarget.Global);
  const isCutOff = () =>
    api.nodes().then(
      () => false,
      () => true,
    );
  await until(async () => (await isCutOff()) === (endpoint !== undefined));
}

export async function volumeNode(api: Api, name: string): Promise<VolumeNode> {
  const node = (await api.nodes()).find((each) => each.kind === 'volume' && each.volume.name === name);
  assert.ok(node?.kind === 'volume', `${name} is in the tree`);
  return node;
}

export async function snapshotsOf(api: Api, name: string): Promise<SnapshotNode[]> {
  return (await volumeNode(api, name)).snapshots;
}

/** A node of a volume that is not there, as a stale tree would pass it. */
export function missingVolume(name: string): Node {
  const volume = { name, createdAt: '', driver: 'local', labels: {}, options: {}, mountpoint: '', scope: 'local' };
  return { kind: 'volume', id: name, volume, use: 'unused', users: [], snapshots: [] };
}

/** Waits for what comes by itself; the test's own limit ends a vain wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

export function run(command: string, ...args: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`dockerVolumes.${command}`, ...args);
}
