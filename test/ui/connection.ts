import assert from 'node:assert/strict';
import { stage } from './stage';

export function connectionSuite(): void {
  describe('connection', () => {
    it('says that there is no engine, and offers one thing to do', async () => {
      const { volumes } = stage.workbench;
      await volumes.open();
      await volumes.welcome.getByText('No Docker engine was found').waitFor();
      assert.deepEqual(await volumes.welcome.locator('.monaco-button').allInnerTexts(), ["Set the Engine's Address"]);
    });

    it('connects by itself once there is an engine, without a reload', async () => {
      const volume = await stage.samples.make('first');
      await stage.door.open();
      await stage.workbench.volumes.find(volume, { timeoutMs: 40_000 }); // tries less often as time goes by
    });

    it('says which engine it shows', async () => {
      const { Name } = (await stage.testbed.ask(stage.host, 'GET', '/info')) as { Name: string };
      await stage.workbench.volumes.message.getByText(`(${Name})`).waitFor();
    });

    it('shows a volume as soon as it is there, its container as soon as it runs, and drops them when they are gone', async () => {
      const { samples, workbench } = stage;
      const volume = await samples.make('event');
      await workbench.volumes.find(volume);
      const user = await samples.startUser(volume);
      await workbench.volumes.find(({ label, description }) => label === volume && description === user);
      await samples.removeContainer(user);
      await workbench.volumes.find(({ label, description }) => label === volume && description === 'unused');
      await samples.remove(volume);
      await workbench.volumes.waitUntilGone(volume);
    });

    it('says so when the engine goes away, and comes back with it', async () => {
      const { door, samples, workbench } = stage;
      await door.close();
      await workbench.volumes.welcome.getByText(/No Docker engine was found|does not answer/).waitFor();
      assert.ok(!(await workbench.volumes.message.isVisible()));
      await door.open();
      await workbench.volumes.find(samples.name('first'), { timeoutMs: 40_000 });
    });
  });
}
