import assert from 'node:assert/strict';
import type { ContainerRun, ContainerState } from '../../src/core/engine';
import { judge } from '../../src/core/operations/comingUp';
import { container } from './containers';

describe('a container that was started again', () => {
  const limitMs = 60_000;
  const cases: [string, ContainerState, Partial<ContainerRun>, number, ReturnType<typeof judge>][] = [
    ['runs for a moment', 'running', {}, 999, 'waiting'],
    ['runs for longer', 'running', {}, 1_000, 'up'],
    ['ended', 'exited', { exitCode: 1 }, 100, 'ended'],
    ['ended well', 'exited', { exitCode: 0 }, 100, 'ended'],
    ['ended, and its policy waits', 'restarting', {}, 100, 'ended'],
    ['ended, and its policy has started it', 'running', { restarts: 1 }, 100, 'ended'],
    ['was paused by someone', 'paused', {}, 100, 'up'],
    ['is not yet healthy', 'running', { health: 'starting' }, 59_999, 'waiting'],
    ['is not healthy within the limit', 'running', { health: 'starting' }, 60_000, 'late'],
    ['is healthy', 'running', { health: 'healthy' }, 1, 'up'],
    ['is unhealthy', 'running', { health: 'unhealthy' }, 1, 'unhealthy'],
    ['ended while its health was awaited', 'exited', { health: 'starting' }, 1, 'ended'],
  ];
  for (const [what, state, run, ms, expected] of cases) {
    it(`and ${what}: ${expected}`, () => {
      const lastRun = { startedAt: '', exitCode: 0, restarts: 0, ...run };
      assert.equal(judge(container('c', { state, lastRun }), ms, limitMs), expected);
    });
  }

  it('is not waited for longer than the limit', () => {
    assert.equal(judge(container('c'), 100, 100), 'up');
  });
});
