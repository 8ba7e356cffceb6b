import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import { EngineProxy } from '../fixtures/engineProxy';
import { TwoEngines } from '../fixtures/engines';
import { never } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { assertSameTree } from '../fixtures/operations';

const megabyte = 1024 * 1024;
const fill = `
import os, random
chance = random.Random(7)
os.makedirs('/data/base/1')
for i in range(30):
    with open(f'/data/base/1/{i}', 'wb') as f: f.write(chance.randbytes(${megabyte}))
with open(b'/data/\\xff\\xfe name\\n\\x1b', 'wb') as f: f.write(b'bytes')
os.link('/data/base/1/7', '/data/linked')
os.symlink('base/1', '/data/current')
with open('/data/sparse', 'wb') as f: f.truncate(50_000_000); f.seek(40_000_000); f.write(b'end')
os.setxattr('/data/base', 'user.note', b'\\x00\\xff')
os.chown('/data/base/1/3', 999, 4294967294)
os.utime('/data/base/1/5', ns=(1, -2177452800123456789))
os.chown('/data', 999, 999); os.chmod('/data', 0o1770)
`;

describe('a volume that is synced to another engine', function () {
  this.timeout(400_000);
  let engines: TwoEngines;
  let source: Volume;
  before(async () => void (engines = await TwoEngines.start()));
  after(() => engines[Symbol.asyncDispose]());
  beforeEach(async () => {
    source = await engines.near.test.createVolume();
    await engines.near.python(source, fill);
  });
  afterEach(() => engines.assertNothingLeft());
  const record = () => engines.near.records.at(-1)!;
  const there = (name: string) => engines.far.test.engine.inspectVolume(name, never);

  it('is made there, equal; then made equal again at the cost of what differs, under containers, and back', async () => {
    const { near, far } = engines;
    const name = far.test.name('copy');
    await engines.sync(source, name);
    const copy = await there(name);
    assertSameTree(await far.treeOf(copy), await near.treeOf(source));
    const { phases, totalMs, bytesMoved } = record();
    const sum = phases.reduce((all, { ms }) => all + ms, 0);
    assert.ok(Math.abs(sum - totalMs) < 1, `${sum} of ${totalMs} ms`);
    assert.ok(['pack', 'compress', 'upload'].every((phase) => phases.some(({ name }) => name === phase)));
    assert.ok(bytesMoved > 30 * megabyte);

    await near.test.run(source, ['sh', '-c', 'echo new > /data/new; rm /data/linked']);
    await far.test.run(copy, ['sh', '-c', 'echo own > /data/own']);
    const before = await far.treeOf(copy);
    const user = await far.test.startContainer([copy]);
    const { sentBytes, restored } = await engines.sync(source, name);
    assertSameTree(await far.treeOf(copy), await near.treeOf(source));
    assert.ok(sentBytes < 10_000, `${sentBytes} bytes sent`);
    assert.deepEqual([restored?.restarted.length, await far.test.stateOf(user)], [1, 'running']);
    await far.restore(copy, restored!.volumes[0]!.safety);
    assertSameTree(await far.treeOf(copy), before);

    // An accident is refused there as here, and what was written there comes back at the same cost.
    const empty = await near.test.createVolume();
    await rejectsWith('syncHalted', engines.sync(empty, name));
    assertSameTree(await far.treeOf(copy), before);
    await rejectsWith('engineIsTheSame', engines.sync(source, near.test.name('x'), { far: near.host }));
  });

  it('goes on where the connection was cut, and is of one moment of a source that changes all the while', async () => {
    const { near, far } = engines;
    await using proxy = await EngineProxy.start(far.test);
    const name = far.test.name('cut');
    const replace = (file: string) => `echo $i > /data/next; mv /data/next /data/${file}`;
    const write = `i=0; while :; do i=$((i+1)); ${replace('a')}; ${replace('b')}; done`;
    const writer = await near.test.startContainer([source], { command: ['sh', '-c', write] });
    let moved = 0;
    const onProgress = ({ phase, bytes }: { phase: string; bytes: number }) => {
      if (phase !== 'pack') return;
      moved = Math.max(moved, bytes);
      if (moved > 18 * megabyte) proxy.cut();
    };
    const cut = await rejectsWith(
      'onOtherEngine',
      engines.sync(source, name, { far: await engines.farAt(proxy.address) }, { onProgress }),
    );
    assert.match(cut.details.code, /^(agent|engine)Lost$/);
    await rejectsWith('volumeNotFound', there(name));
    await far.recover();
    const { sentBytes } = await engines.sync(source, name);
    await near.test.docker.getContainer(writer).kill();
    assert.ok(sentBytes < 22 * megabyte, `${sentBytes} bytes sent after ${moved}`);
    const files = await far.test.run(await there(name), ['cat', '/data/a', '/data/b']);
    const [a, b] = files.toString().split('\n').map(Number);
    assert.ok(a! - b! === 0 || a! - b! === 1, `${a} ${b}`);
    const sums = [
      'sh',
      '-c',
      'cd /data && find . -type f ! -name a ! -name b ! -name next -print0 | sort -z | xargs -0 sha256sum',
    ];
    assert.deepEqual(await far.test.run(await there(name), sums), await near.test.run(source, sums));
  });

  it('sends next to nothing into a volume that has the same data already, and refuses what is locked on either side', async () => {
    const { near, far } = engines;
    const target = await far.test.createVolume();
    await far.python(target, fill);
    const { sentBytes } = await engines.sync(source, target.name);
    assertSameTree(await far.treeOf(target), await near.treeOf(source));
    assert.ok(sentBytes < megabyte, `${sentBytes} bytes sent`);

    for (const [ops, volume] of [
      [near, source],
      [far, target],
    ] as const) {
      await using _ = await ops.test.engine.openHelper(
        { operation: 'snapshot', lock: volume.name, store: true },
        never,
      );
      const error = await engines.sync(source, target.name).then(
        () => assert.fail(),
        (reason: unknown) => reason,
      );
      assert.match(String(error), /volumeBusy/);
    }
  });
});
