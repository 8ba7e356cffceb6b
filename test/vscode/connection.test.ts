import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Failure, isFailure } from '../../src/core/failure';
import { EngineConnection, type ConnectionState } from '../../src/features/connection/engineConnection';
import type { LiveEngine } from '../../src/features/connection/liveEngine';
import { welcomeOf } from '../../src/features/connection/welcome';
import { activated, until } from './extension';

describe('the connection to the engine', () => {
  it('is made anew when the setting is changed, without a reload', async () => {
    const api = await activated();
    await api.nodes();
    const setting = vscode.workspace.getConfiguration('dockerVolumes');
    await setting.update('engine', 'unix:///nowhere/docker.sock', vscode.ConfigurationTarget.Global);
    try {
      await until(() =>
        api.nodes().then(
          () => false,
          (error: Failure) => error.code === 'engineNotFound',
        ),
      );
    } finally {
      await setting.update('engine', undefined, vscode.ConfigurationTarget.Global);
    }
    await until(() =>
      api.nodes().then(
        () => true,
        () => false,
      ),
    );
  });

  it('comes back by itself while someone looks', async () => {
    const attempts = [new Failure('engineNotAnswering', {}), new Failure('engineNotAnswering', {}), fakeEngine()];
    const connection = new EngineConnection(() => settle(attempts.shift()));
    connection.watch(true);
    await assert.rejects(connection.reconnect());
    assert.equal(welcomeOf(connection.state), 'engineNotAnswering');
    await stateOf(connection, 'connected');
    connection.dispose();
  });

  it('does not keep trying while nobody looks, and tries at once when somebody does', async () => {
    const attempts = [new Failure('engineNotFound', {}), fakeEngine()];
    const connection = new EngineConnection(() => settle(attempts.shift()));
    await assert.rejects(connection.reconnect());
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(attempts.length, 1);
    connection.watch(true);
    await stateOf(connection, 'connected');
    connection.dispose();
  });

  it('is made anew when the events say that it is lost', async () => {
    const [first, second] = [fakeEngine(), fakeEngine()];
    const attempts = [first, second];
    const connection = new EngineConnection(() => settle(attempts.shift()));
    await connection.reconnect();
    const again = new Promise<void>((resolve) => connection.onDidChange(() => resolve()));
    first.say('lost');
    await again;
    assert.equal(await connection.engine(), second);
    assert.equal(first.disposed, true);
    connection.dispose();
    assert.equal(second.disposed, true);
  });

  it('leaves a replaced engine to the operation that is at work on it', async () => {
    const [first, second] = [fakeEngine(), fakeEngine()];
    const attempts = [first, second];
    const connection = new EngineConnection(() => settle(attempts.shift()));
    await connection.reconnect();
    const hold = connection.hold(first);
    await connection.reconnect();
    assert.equal(first.disposed, false);
    hold[Symbol.dispose]();
    assert.equal(first.disposed, true);
    connection.dispose();
  });

  it('gives who waits for an abandoned attempt the engine of the next one', async () => {
    const second = fakeEngine();
    const attempts: (Promise<never> | LiveEngine)[] = [new Promise<never>(() => undefined), second];
    const connection = new EngineConnection(async (signal) => {
      const attempt = attempts.shift();
      const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error())));
      return Promise.race([attempt as Promise<LiveEngine>, aborted]);
    });
    const waiting = connection.engine();
    void connection.reconnect();
    assert.equal(await waiting, second);
    connection.dispose();
  });

  const advice: [Failure, string][] = [
    [new Failure('enginePermissionDenied', { advice: 'group' }), 'permissionGroup'],
    [new Failure('enginePermissionDenied', { advice: 'login' }), 'permissionLogin'],
    [new Failure('enginePermissionDenied', { advice: 'rootless' }), 'permissionRootless'],
    [new Failure('engineWindowsContainers', {}), 'engineWindowsContainers'],
    [new Failure('engineLost', {}), 'engineNotAnswering'],
    [new Failure('engineNotFound', {}), 'engineNotFound'],
    [new Failure('engineNotFound', { setting: true }), 'settingNotAnswering'],
    [new Failure('engineNotAnswering', { setting: true }), 'settingNotAnswering'],
    [new Failure('engineError', {}), 'engineError'],
  ];
  for (const [error, welcome] of advice) {
    it(`is explained as ${welcome} when it fails with ${error.message}`, () => {
      assert.equal(welcomeOf({ kind: 'failed', error }), welcome);
    });
  }
});

type FakeEngine = LiveEngine & { say(event: 'changed' | 'lost'): void; disposed: boolean };

/** Only what the connection itself uses of an engine. */
function fakeEngine(): FakeEngine {
  let listener: (event: 'changed' | 'lost') => void = () => undefined;
  const fake = {
    disposed: false,
    watchEvents(listen: typeof listener) {
      listener = listen;
      return { dispose: () => undefined };
    },
    say: (event: 'changed' | 'lost') => listener(event),
    dispose: () => void (fake.disposed = true),
  };
  return fake as unknown as FakeEngine;
}

function settle(outcome: Failure | LiveEngine | undefined): Promise<LiveEngine> {
  if (outcome === undefined) return Promise.reject(new Error('one attempt too many'));
  return isFailure(outcome) ? Promise.reject(outcome) : Promise.resolve(outcome);
}

async function stateOf(connection: EngineConnection, kind: ConnectionState['kind']): Promise<void> {
  await until(() => connection.state.kind === kind);
}
