import assert from 'node:assert/strict';
import { stage } from './stage';

export function lookingSuite(): void {
  describe('looking', () => {
    let volume: string;
    const project = () => `${stage.samples.prefix}-project`;

    before(async () => {
      const { samples } = stage;
      volume = await samples.make('look', { 'com.docker.compose.project': project() });
      await samples.sh(await samples.startUser(volume), 'head -c 2000000 /dev/zero > zeros');
    });

    it('groups the volumes of a Compose project, and shows who uses one and where', async () => {
      const { volumes } = stage.workbench;
      await volumes.expand(project());
      assert.equal((await volumes.childrenOf(project())).at(0)?.label, volume);
      const words = `${volume}-user running · /the-volume`;
      await volumes.child(volume, ({ label, description }) => `${label} ${description}` === words);
    });

    it('Compute Size shows the size in the row', async () => {
      const { volumes } = stage.workbench;
      await volumes.chooseInMenu(volume, 'Compute Size');
      const row = await volumes.find(({ label, description }) => label === volume && description.startsWith('2 MB'));
      assert.equal(row.description, `2 MB · ${volume}-user`);
    });

    it('Inspect shows what the engine says, as JSON', async () => {
      const { workbench } = stage;
      await workbench.volumes.chooseInMenu(volume, 'Inspect');
      const words = await workbench.editorText();
      assert.match(await workbench.activeTab(), new RegExp(`${volume}\\s*\\.json`));
      assert.equal((JSON.parse(words) as { Name: string }).Name, volume);
      await workbench.closeEditors();
    });

    it('Copy Name copies the name', async () => {
      const { page, volumes } = stage.workbench;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await volumes.chooseInMenu(volume, 'Copy Name');
      await stage.testbed.until('the name on the clipboard', async () => {
        return (await page.evaluate(() => navigator.clipboard.readText())) === volume;
      });
    });

    it('Show Timings shows every operation with its phases, newest first', async () => {
      const { workbench } = stage;
      await workbench.command('Docker Volumes: Show Timings');
      const frame = await workbench.frameWith('tbody tr');
      const first = frame.locator('tbody tr').first();
      assert.equal(await first.locator('td.operation').innerText(), 'Compute size');
      assert.equal(await first.locator('td.volume').innerText(), volume);
      const restores = frame.locator('tbody tr', { hasText: 'Restore' }).first();
      assert.match(await restores.locator('td.phases').innerText(), /Stopping containers .* s[^]*Starting containers/);
      const ofSafety = restores.locator('.legend[data-part=safety]');
      // Which phases it had time for differs.
      assert.match(
        await ofSafety.innerText(),
        /^Safety snapshot [\d.]+ s:\s*(Scanning|Flushing to disk|Copying) [\d.]+ s/,
      );
      assert.doesNotMatch(await restores.locator('.legend').first().innerText(), /Scanning.*Scanning/s);
      await workbench.closeEditors();
    });

    it('Show Timings says in words why an operation failed, and where', async () => {
      const { samples, workbench } = stage;
      const options = { type: 'none', o: 'bind', device: '/does/not/exist' };
      const broken = await samples.make('broken', {}, options);
      await workbench.volumes.chooseInMenu(broken, 'Compute Size');
      await workbench.notifications.waitFor('The engine cannot mount volume');
      await workbench.notifications.clear();
      await workbench.command('Docker Volumes: Show Timings');
      const frame = await workbench.frameWith('tbody tr');
      const failed = frame.locator('tbody tr', { hasText: broken }).first();
      const words = 'failed at “Connecting”: the engine could not mount the volume';
      assert.equal(await failed.locator('td.outcome').innerText(), words);
      await workbench.closeEditors();
      await samples.remove(broken);
    });
  });
}
