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
  });
}
