import assert from 'node:assert/strict';
import { openTransport } from '../../src/engine/helper/openHelper';
import { never, TestEngine } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { standInAgent } from '../fixtures/standInAgent';

describe('the catalog of the store', () => {
  let agent: Awaited<ReturnType<typeof standInAgent>>;
  let test: TestEngine;

  before(async () => void (agent = await standInAgent()));
  after(() => agent[Symbol.asyncDispose]());
  beforeEach(async () => void (test = await TestEngine.connect({ agent })));
  afterEach(() => test[Symbol.asyncDispose]());

  const entry = (id: string, sequence: number) =>
    JSON.stringify({ format: 1, id, sequence, volume: { name: 'web.data' }, time: '2026-01-01T00:00:00Z' });

  /** As the agent does: in a helper with the store mounted. */
  async function inStore(script: string): Promise<string> {
    const command = ['sh', '-ec', `cd /volumes-for-docker/store; ${script}`];
    const transport = await openTransport(test.engine.connection, { operation: 'size', store: true }, never, command);
    const output: Uint8Array[] = [];
    for await (const chunk of transport.output) output.push(chunk);
    assert.equal(await transport.exited, 0, transport.stderrTail());
    await transport.dispose();
    return Buffer.concat(output).toString();
  }

  const empty = { snapshots: [], incoming: [], pending: [], finished: [], waysBack: [], arrivals: [] };
  const writeEntries = () =>
    inStore(`mkdir catalog
      echo '${entry('a', 1)}' > catalog/web.data@a.json; echo '${entry('b', 2)}' > catalog/web.data@b.json
      echo '{"format":1,' > catalog/web.data@c.json
      printf web.data > catalog/web.data@d.incoming; printf other_1 > catalog/other_1.pending`);

  it('is empty on an engine that was never used, and reading it makes nothing there', async () => {
    const images = await test.docker.listImages();
    assert.deepEqual(await test.engine.readCatalog(never), empty);
    assert.deepEqual(await test.ownContainerNames(), []);
    const { Volumes } = await test.docker.listVolumes();
    assert.ok(!Volumes.some(({ Name }) => Name.startsWith(test.prefix)));
    assert.ok(
      !(await test.docker.listImages()).some(({ RepoTags }) => RepoTags?.some((tag) => tag.includes(test.prefix))),
    );
    assert.ok(images.length > 0);
  });

  it('is empty where nothing was written yet', async () => {
    await inStore('true');
    assert.deepEqual(await test.engine.readCatalog(never), empty);
  });

  it('is read without starting a process, and skips what is damaged', async () => {
    await writeEntries();
    const catalog = await test.engine.readCatalog(never);
    assert.deepEqual(catalog.snapshots.map(({ id }) => id).sort(), ['a', 'b']);
    assert.deepEqual(catalog.incoming, ['web.data']);
    assert.deepEqual(catalog.pending, ['other_1']);
    assert.ok(test.log.some((line) => line.includes('web.data@c.json')));
    const [holder] = await test.ownContainerNames();
    assert.equal(await test.stateOf(holder ?? ''), 'created');
    assert.match(await inStore('ls catalog'), /web\.data@c\.json/);
  });

  it('is read by many at once, though they make the container for it together', async () => {
    await writeEntries();
    const others = await Promise.all([test.connectAgain(), test.connectAgain()]);
    for (let round = 0; round < 3; round++) {
      for (const name of await test.ownContainerNames()) await test.docker.getContainer(name).remove({ force: true });
      const windows = [test.engine, ...others, test.engine, ...others];
      const catalogs = await Promise.all(windows.map((engine) => engine.readCatalog(never)));
      assert.deepEqual(new Set(catalogs.map(({ snapshots }) => snapshots.length)), new Set([2]));
    }
    others.forEach((engine) => engine.dispose());
  });

  it('survives a prune of everything', async () => {
    await writeEntries();
    await test.engine.readCatalog(never);
    // What `docker container prune` and `docker volume prune --all` take, but of this test only.
    for (const name of await test.ownContainerNames()) await test.docker.getContainer(name).remove({ force: true });
    const { storeVolume } = test.engine.connection.names;
    await test.docker
      .pruneVolumes({ filters: { label: [`dockervolumes.namespace=${test.prefix}`], all: ['true'] } })
      .catch(() => {});
    assert.equal((await test.engine.inspectVolume(storeVolume, never)).options['type'], 'none');
    assert.equal((await test.engine.readCatalog(never)).snapshots.length, 2);
  });

  it('survives the removal of the store volume', async () => {
    await writeEntries();
    await test.engine.readCatalog(never);
    await removeStoreVolume();
    assert.equal((await test.engine.readCatalog(never)).snapshots.length, 2);
    assert.match(await inStore('ls catalog'), /web\.data@a\.json/);
  });

  it('is in the same folder again when the volume is removed the moment before it is mounted', async () => {
    await writeEntries();
    const { wire, names } = test.engine.connection;
    const create = wire.docker.createContainer.bind(wire.docker);
    wire.docker.createContainer = async (options) => {
      if (options.name?.includes('.size.')) await test.docker.getVolume(names.storeVolume).remove();
      return create(options);
    };
    assert.match(await inStore('ls catalog'), /web\.data@a\.json/);
    assert.equal((await test.engine.readCatalog(never)).snapshots.length, 2);
  });

  it('is made anew when somebody removed its folder', async () => {
    await writeEntries();
    await test.removeStoreFolder();
    assert.equal(await inStore('ls'), '');
  });

  it('hides what is ours from the lists of volumes and containers', async () => {
    await writeEntries();
    await test.engine.readCatalog(never);
    const volumes = await test.engine.listVolumes(never);
    assert.ok(!volumes.some(({ name }) => name === test.engine.connection.names.storeVolume));
    const containers = await test.engine.listContainers(never);
    assert.ok(!containers.some(({ name }) => name.startsWith(`${test.prefix}.`)));
  });

  /** As if the engine said this, in place of making a volume over a folder. */
  function refuse(statusCode: number, message: string): { stop(): void } {
    const { docker } = test.engine.connection.wire;
    const create = docker.createVolume.bind(docker);
    docker.createVolume = ((options: { DriverOpts?: Record<string, string> }) => {
      const refused = Object.assign(new Error('refused'), { statusCode, json: { message } });
      return options.DriverOpts?.['device'] ? Promise.reject(refused) : create(options);
    }) as typeof docker.createVolume;
    return { stop: () => void (docker.createVolume = create) };
  }

  async function removeStoreVolume(): Promise<void> {
    for (const name of await test.ownContainerNames()) await test.docker.getContainer(name).remove({ force: true });
    await test.docker.getVolume(test.engine.connection.names.storeVolume).remove();
  }

  it('is kept by a pinned volume where the engine refuses one over a folder', async () => {
    refuse(400, 'options are not allowed');
    await writeEntries();
    assert.equal(await test.stateOf(test.engine.connection.names.storePin), 'running');
    assert.equal((await test.engine.readCatalog(never)).snapshots.length, 2);
  });

  for (const [status, message] of [
    [500, 'disk busy'],
    [400, 'options are not allowed'],
  ] as const) {
    it(`is not given up for a plain volume when the engine says ${status} "${message}"`, async () => {
      await writeEntries();
      await test.engine.readCatalog(never);
      await removeStoreVolume();
      const refusal = refuse(status, message);
      await rejectsWith('engineError', test.engine.readCatalog(never), { status });
      refusal.stop();
      assert.equal((await test.engine.readCatalog(never)).snapshots.length, 2);
    });
  }

  it('is over a folder, too, when the engine was busy the first time', async () => {
    const refusal = refuse(500, 'disk busy');
    await rejectsWith('engineError', inStore('true'), { status: 500 });
    refusal.stop();
    await writeEntries();
    assert.equal(await test.stateOf(test.engine.connection.names.storePin), undefined);
    assert.equal((await test.engine.readCatalog(never)).snapshots.length, 2);
  });
});
