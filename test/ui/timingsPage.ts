import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { createFormat } from '../../src/core/format';
import { figuresOf } from '../../src/core/timings/figures/figures';
import type { TimingRecord } from '../../src/core/timings/record';
import { TimingStore } from '../../src/core/timings/timingStore';
import { timingRecord } from '../fixtures/timingRecords';
import { seriousViolations } from './accessibility';
import { stage } from './stage';
import { restore, takeSnapshot } from './steps';

const format = createFormat('en');
const markup = '<img src=x onerror="top.ran=true"> [x](command:y)';

export function timingsPageSuite(): void {
  describe('the timings page', () => {
    let volume: string;
    let store: TimingStore;
    const newestFirst = async () => (await store.readAll()).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    const show = async (): Promise<Frame> => {
      await stage.workbench.command('Docker Volumes: Show Timings');
      return stage.workbench.frameWith('#operations tbody tr');
    };
    const textsOf = (frame: Frame, selector: string) => frame.locator(selector).allInnerTexts();

    before(async () => {
      const made = await stage.samples.makeUsed('timed', 'head -c 3000000 /dev/urandom > big');
      volume = made.volume;
      store = new TimingStore(timingsFolder(), () => 20_000);
      await takeSnapshot(volume);
      await stage.workbench.notifications.clear();
      await stage.samples.sh(made.user, 'head -c 2000000 /dev/urandom > more');
      await restore(await takeSnapshot(volume), volume);
      await store.append(timingRecord({ volume: markup, engine: markup, destination: { name: markup, type: 's3' } }));
    });

    afterEach(() => stage.workbench.closeEditors());
    after(() => stage.workbench.useTheme('light'));

    it('opened from a volume, shows its operations and figures, as the records have them', async () => {
      await stage.workbench.volumes.chooseInMenu(volume, 'Show Timings');
      const frame = await stage.workbench.frameWith('#operations tbody tr');
      await stage.testbed.until(
        'the filter',
        async () => (await frame.locator('select[name=volume]').inputValue()) !== '',
      );
      const records = (await newestFirst()).filter((record) => record.volume === volume);
      assert.deepEqual(
        records.map(({ kind }) => kind),
        ['restore', 'snapshot', 'snapshot'],
      );
      assert.deepEqual(
        await textsOf(frame, '#operations td.total'),
        records.map(({ totalMs }) => format.duration(totalMs)),
      );
      const figures = figuresOf(records).find(({ kind }) => kind === 'snapshot');
      const row = frame.locator('#figures tbody tr', { hasText: 'Snapshot' });
      assert.equal(await frame.locator('#figures tbody tr').count(), 2);
      const { lastMs, medianMs, p95Ms, downtimeMs, bytesMoved, bytesPerSecond } = figures!;
      for (const [cell, words] of Object.entries({
        last: format.duration(lastMs),
        median: format.duration(medianMs),
        p95: format.duration(p95Ms),
        downtime: format.duration(downtimeMs),
        moved: format.bytes(bytesMoved),
        throughput: `${format.bytes(bytesPerSecond!)}/s`,
      })) {
        assert.equal(await row.locator(`.${cell}`).innerText(), words, cell);
      }
      assert.equal(
        await frame.locator('#side-by-side .table:last-child td.snapshot').innerText(),
        format.duration(medianMs),
      );
      await frame.locator('#phases').scrollIntoViewIfNeeded();
      await frame.locator('#phases canvas').waitFor();
    });

    it('is where estimates come from: said before a restore, kept beside what it took, summed up in the status bar', async () => {
      const { workbench, samples } = stage;
      const { engine } = (await newestFirst()).find((record) => record.volume === volume)!;
      for (const totalMs of [52_000, 50_000, 51_000]) {
        await store.append(timingRecord({ kind: 'restore', volume: samples.name('slow'), engine, totalMs }));
      }
      const made = await samples.makeUsed('slow', 'printf x > file');
      const snapshot = await takeSnapshot(made.volume);
      await workbench.volumes.chooseInMenu(snapshot, 'Restore…');
      assert.match(await workbench.dialogText(), /It takes about 51 s \(± [\d.]+ s\)\./);
      await workbench.pressInDialog('Restore');
      await workbench.notifications.waitFor(`${made.volume} restored`);
      const [record] = await newestFirst();
      assert.deepEqual([record?.kind, record?.volume, record?.expectedMs], ['restore', made.volume, 51_000]);
      const summary = workbench.page.locator('.statusbar-item', { hasText: `Restore of ${made.volume}:` });
      assert.ok((await summary.innerText()).endsWith(`: ${format.duration(record!.totalMs)}`));
      const frame = await show();
      assert.equal(await frame.locator(`tr[data-id="${record!.id}"] td.expected`).innerText(), '51 s');
    });

    it('shows what another window has done, while it is looked at', async () => {
      const { page } = stage.workbench;
      const frame = await show();
      const volume = stage.samples.name('elsewhere');
      // Where one is on the page stays: the focus, and the point of a picture.
      await frame.locator('#timeline .plot').focus();
      await frame.locator('#timeline canvas').waitFor();
      await page.keyboard.press('Home');
      const point = await frame.locator('#timeline .point').innerText();
      assert.notEqual(point, '');
      const drawn = await frame.locator('#timeline').elementHandle();
      await store.append(timingRecord({ volume, startedAt: new Date().toISOString() }));
      await frame.locator('#operations tbody tr', { hasText: volume }).waitFor();
      assert.equal(await drawn.evaluate((each) => each.isConnected), false, 'drawn anew');
      assert.equal(await frame.locator('#timeline .point').innerText(), point);
      assert.equal(await frame.evaluate(() => document.activeElement?.closest('figure')?.id), 'timeline');
    });

    it('has phases that add up to the total', async () => {
      const records = (await newestFirst()).filter(({ engine }) => engine !== markup);
      assert.ok(records.length >= 3);
      for (const { kind, totalMs, phases } of records) {
        const sum = phases.reduce((total, { ms }) => total + ms, 0);
        assert.ok(Math.abs(sum - totalMs) <= 0.02 * totalMs, `${kind}: ${sum} of ${totalMs}`);
      }
    });

    it('shows a restore with its safety snapshot apart, and in words why an operation failed, and where', async () => {
      const { samples, workbench } = stage;
      const options = { type: 'none', o: 'bind', device: '/does/not/exist' };
      const broken = await samples.make('broken', {}, options);
      await workbench.volumes.chooseInMenu(broken, 'Compute Size');
      await workbench.notifications.waitFor('The engine cannot mount volume');
      await workbench.notifications.clear();
      const frame = await show();
      await frame.locator('select[name=volume]').selectOption({ label: 'All' });
      const rows = frame.locator('#operations tbody tr');
      const restore = rows.filter({ has: frame.locator('td.operation', { hasText: 'Restore' }) }).first();
      assert.match(await restore.locator('td.phases').innerText(), /Stopping containers .* s[^]*Starting containers/);
      // Which phases it had time for differs.
      assert.match(
        await restore.locator('.legend[data-part=safety]').innerText(),
        /^Safety snapshot [\d.]+ s:\s*(Scanning|Flushing to disk|Copying) [\d.]+ s/,
      );
      assert.equal(
        await rows.filter({ hasText: broken }).first().locator('td.outcome').innerText(),
        'failed at “Connecting”: the engine could not mount the volume',
      );
      await samples.remove(broken);
    });

    it('is filtered and read with the keyboard alone', async () => {
      const { page } = stage.workbench;
      const frame = await show();
      const kind = frame.locator('select[name=kind]');
      await kind.focus();
      await page.keyboard.press('Home');
      // Not by its first letters: other kinds of restores begin with the same ones.
      for (let i = 0; i < 40 && (await kind.inputValue()) !== '=restore'; i++) await page.keyboard.press('ArrowDown');
      await stage.testbed.until('restores only', async () => {
        const kinds = new Set(await textsOf(frame, '#operations td.operation'));
        return kinds.size === 1 && kinds.has('Restore');
      });
      const all = await newestFirst();
      const restores = all.filter(({ kind }) => kind === 'restore').length;
      assert.equal(await frame.locator('.filters output').innerText(), `${restores} of ${all.length} operations`);
      const plot = frame.locator('#timeline .plot');
      for (let i = 0; i < 40 && !(await plot.evaluate((each) => each === document.activeElement)); i++) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('End');
      assert.match(await frame.locator('#timeline .point').innerText(), /· Restore .* s · done$/);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await frame.locator('#timeline details tbody tr').first().waitFor();
      assert.equal(await frame.locator('#timeline details tbody tr').count(), restores);
      await frame.locator('button', { hasText: 'Reset Filters' }).focus();
      await page.keyboard.press('Enter');
      await stage.testbed.until('all', async () => new Set(await textsOf(frame, '#operations td.operation')).size > 1);
    });

    it('shows names that look like markup as they are', async () => {
      const frame = await show();
      assert.ok((await textsOf(frame, '#figures td.volume')).includes(markup));
      assert.ok((await textsOf(frame, 'select[name=destination] option')).includes(markup));
      assert.equal(await frame.locator('main img, main a').count(), 0);
      for (const each of stage.workbench.page.frames()) {
        assert.equal(await each.evaluate(() => (globalThis as { ran?: boolean }).ran), undefined);
      }
    });

    it('shows what a volume holds, and what has changed most since the snapshot before', async () => {
      const { workbench } = stage;
      await workbench.volumes.chooseInMenu(volume, 'Analyse…');
      const frame = await workbench.frameWith('#analysis');
      const texts = (await textsOf(frame, '#analysis tr')).map((text) => text.replace(/\s+/g, ' '));
      assert.ok(
        texts.some((text) => text.startsWith('big 3 MB 60% 1')),
        texts.join('\n'),
      );
      assert.equal(await frame.locator('#analysis select').count(), 2);
      assert.match(await frame.locator('#analysis').innerText(), /Added: –\. Changed: –\. Removed: –\./);
      await frame.locator('#analysis select').nth(1).selectOption({ index: 3 });
      const analyse = frame.locator('#analysis button', { hasText: 'Analyse' });
      await analyse.focus();
      await workbench.page.keyboard.press('Enter');
      await frame.locator('#analysis', { hasText: /Added: 2 MB · 1 file\./ }).waitFor();
      // The focus stays, too.
      assert.equal(await frame.evaluate(() => document.activeElement?.textContent), 'Analyse');
    });

    it('copies its figures as Markdown', async () => {
      const { page, notifications } = stage.workbench;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const frame = await show();
      await frame.locator('select[name=volume]').selectOption({ label: volume });
      await frame.locator('button', { hasText: 'Copy as Markdown' }).click();
      await notifications.waitFor('on the clipboard');
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      const figures = figuresOf(await newestFirst()).find((each) => each.volume === volume && each.kind === 'snapshot');
      assert.ok(copied.includes(`| Snapshot | ${volume} |`), copied);
      assert.ok(copied.includes(`| ${format.duration(figures!.medianMs)} |`), copied);
      await frame.locator('button', { hasText: 'Reset Filters' }).click();
    });

    for (const theme of ['light', 'dark', 'high contrast'] as const) {
      it(`has nothing that axe finds serious, ${theme}`, async () => {
        const { workbench } = stage;
        await workbench.useTheme(theme);
        const frame = await show();
        // Drawn when it is seen: above it there may be many rows.
        await frame.locator('#phases').scrollIntoViewIfNeeded();
        await frame.locator('#phases canvas').waitFor();
        await frame.locator('#sizes details > summary').click();
        assert.deepEqual(await seriousViolations(frame), []);
        await frame.evaluate(() => window.scrollTo(0, 0));
        await workbench.screenshot(path.join('test-results', `timings ${theme}.png`));
        await frame.locator('#pictures').scrollIntoViewIfNeeded();
        await workbench.screenshot(path.join('test-results', `timings ${theme}, pictures.png`));
      });
    }

    it('paints 10,000 records soon after they arrive', async () => {
      const lines = manyRecords(10_000).map((record) => `${JSON.stringify(record)}\n`);
      const many = path.join(timingsFolder(), 'timings-00009999.jsonl');
      await writeFile(many, lines.join(''));
      const frame = await show();
      const ms = await stage.testbed.until('the measurement', () =>
        frame.evaluate(() => performance.getEntriesByName('records until paint')[0]?.duration),
      );
      console.log(
        `      first paint of ${(await newestFirst()).length} records: ${Math.round(ms)} ms after they arrived`,
      );
      assert.ok(ms < 3_000, 'even where others work beside it');
      // One more page of rows, and the keyboard goes on where they begin.
      const rows = frame.locator('#operations tbody tr');
      await frame.locator('button.more').focus();
      await stage.workbench.page.keyboard.press('Enter');
      assert.equal(await rows.count(), 100);
      assert.ok(await rows.nth(50).evaluate((each) => each === document.activeElement));
      assert.match(await frame.locator('.filters output').first().innerText(), /^1\d,\d{3} of 1\d,\d{3} operations$/);
      await rm(many);
    });
  });
}

function timingsFolder(): string {
  const folder = path.join(stage.profile, 'User', 'globalStorage', 'volumes-for-docker.volumes-for-docker', 'timings');
  return folder;
}

function manyRecords(count: number): TimingRecord[] {
  return Array.from({ length: count }, (_, i) =>
    timingRecord({
      kind: (['snapshot', 'restore', 'backup'] as const)[i % 3]!,
      volume: `volume-${i % 40}`,
      startedAt: new Date(Date.now() - i * 600_000).toISOString(),
      totalMs: 300 + ((i * 7_919) % 4_000),
      bytesMoved: (i * 104_729) % 300_000_000,
    }),
  );
}
