import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { defaultNamespace } from '../../src/engine/names';
import { stage } from './stage';

/** Entries enough that the scan while the container is paused takes a while; links, for they need not be copied. */
const manyEntries = `python3 -c 'import os
for i in range(60000): os.symlink("nowhere", str(i))'`;

export function extensionHostKilledSuite(): void {
  describe('the extension host is killed while a container is paused', function () {
    let volume: string;
    let user: string;
    /** Snapshots that were taken before one was caught while the container was paused. */
    let whole = 0;

    before(async () => {
      ({ volume, user } = await stage.samples.makeUsed('killed', manyEntries));
    });

    it('the container runs again within 5 s', async () => {
      const { workbench, testbed, samples } = stage;
      await workbench.volumes.find(volume);
      const victim = extensionHost();
      while (!(await stoppedWhilePaused(victim))) {
        testbed.signalTo(victim, 'SIGCONT');
        await workbench.notifications.waitFor(`Snapshot of ${volume} taken`, { timeoutMs: 60_000 });
        await workbench.notifications.clear();
        whole++;
      }
      testbed.signalTo(victim, 'SIGKILL');
      await testbed.until('the container to run again', async () => (await samples.stateOf(user)) === 'running', {
        timeoutMs: 5_000,
      });
    });

    it('after the next start that is told, nothing is left, no half snapshot is shown, and a snapshot can be taken', async () => {
      const { workbench, testbed, host } = stage;
      await workbench.page.reload();
      await workbench.notifications.waitFor(`Containers that had been frozen run again: ${user}.`, {
        timeoutMs: 30_000,
      });
      await workbench.volumes.open();
      await workbench.volumes.find(volume);
      await testbed.until('helpers and journals to go', async () => (await ownContainers(host)).length === 0, {
        timeoutMs: 30_000,
        describe: () => ownContainers(host),
      });
      await workbench.volumes.expand(volume);
      const labels = async () => (await workbench.volumes.childrenOf(volume)).map(({ label }) => label);
      await testbed.until('the rows of the volume', async () => (await labels()).length > 0);
      const rows = await labels();
      assert.equal(rows.at(-1), user, 'snapshots come first');
      assert.equal(rows.length, 1 + whole, rows.join(', '));
      await workbench.volumes.chooseInMenu(volume, 'Snapshot');
      await workbench.notifications.waitFor(`Snapshot of ${volume} taken`, { timeoutMs: 60_000 });
    });

    /**
     * Takes a snapshot and suspends the extension host on the pause. Whether it was in time: the container is paused for
     * a fraction of a second, and on a busy machine we may learn of it when it runs again.
     */
    async function stoppedWhilePaused(victim: number): Promise<boolean> {
      const { workbench, testbed, samples } = stage;
      const paused = nextPauseOf(user);
      await workbench.volumes.chooseInMenu(volume, 'Snapshot');
      await paused;
      testbed.signalTo(victim, 'SIGSTOP');
      return (await samples.stateOf(user)) === 'paused';
    }
  });
}

/** Resolves as soon as the engine says that the container is paused. */
async function nextPauseOf(container: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ container: [container], event: ['pause'] }));
  const events = await stage.testbed.send(stage.host, 'GET', `/events?filters=${filters}`);
  await once(createInterface({ input: events }), 'line');
  events.destroy();
}

/** The extension host of our server: told by its flag, and by the server among those it descends from. */
function extensionHost(): number {
  const table = stage.testbed.processTable();
  const parents = new Map(table.map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === stage.pid || isOurs(parents.get(pid)));
  const hosts = table.filter(({ pid, command }) => command.includes('--type=extensionHost') && isOurs(pid));
  assert.equal(hosts.length, 1, 'one extension host');
  return hosts[0]!.pid;
}

/** Of the extension, which has the usual namespace; tests of other tiers have their own. */
async function ownContainers(host: string): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['dockervolumes.role'] }));
  const found = (await stage.testbed.ask(host, 'GET', `/containers/json?all=1&filters=${filters}`)) as {
    Names: string[];
    Labels: Record<string, string>;
  }[];
  return found
    .filter(({ Labels }) => Labels['dockervolumes.role'] !== 'store')
    .flatMap(({ Names }) => Names)
    .filter((name) => name.startsWith(`/${defaultNamespace}.`));
}
