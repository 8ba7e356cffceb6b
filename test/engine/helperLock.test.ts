import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import type { Failure } from '../../src/core/failure';
import { Cancelled } from '../../src/core/failure';
import { openTransport } from '../../src/engine/helper/openHelper';
import type { DockerEngine } from '../../src/engine';
import { never, TestEngine, testImage } from '../fixtures/engine';
import { standInAgent } from '../fixtures/standInAgent';
import { rejectsWith } from '../fixtures/failures';

describe('opening a helper', () => {
  let agent: Awaited<ReturnType<typeof standInAgent>>;
  let test: TestEngine;
  let second: DockerEngine;

  before(async () => {
    agent = await standInAgent();
    test = await TestEngine.connect({ agent });
    second = await test.connectAgain();
  });
  after(async () => {
    second.dispose();
    await test[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });
  afterEach(async () => assert.deepEqual(await test.ownContainerNames(), []));

  const request = (volume: Volume) =>
    ({ operation: 'snapshot', lock: volume.name, volume: { spec: volume, readOnly: true }, store: false }) as const;
  const open = (volume: Volume, engine = test.engine, signal = never, command?: string[]) =>
    openTransport(engine.connection, request(volume), signal, command);

  it('is refused while another helper holds the volume, and says which', async () => {
    const volume = await test.createVolume();
    const first = await open(volume);
    await rejectsWith('volumeBusy', open(volume, second), {
      volume: volume.name,
      operation: 'snapshot',
      pid: process.pid,
    });
    await first.dispose();
    await (await open(volume, second)).dispose();
  });

  it('lets exactly one of many at once have the volume', async () => {
    const volume = await test.createVolume();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) => open(volume, index % 2 ? second : test.engine)),
    );
    const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    assert.equal(opened.length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal((outcome.reason as Failure).code, 'volumeBusy');
    }
    await opened[0]?.value.dispose();
  });

  it('takes the lock of a helper that ended without being removed', async () => {
    const volume = await test.createVolume();
    const name = test.engine.helperName(volume.name);
    const dead = await test.docker.createContainer({
      name,
      Image: testImage,
      Cmd: ['true'],
      HostConfig: { NetworkMode: 'none' },
      Labels: { 'dockervolumes.role': 'helper', 'dockervolumes.lock': volume.name },
    });
    await dead.start();
    await dead.wait();
    await (await open(volume)).dispose();
  });

  it('leaves a helper alone that was created a moment ago', async () => {
    const volume = await test.createVolume();
    const name = test.engine.helperName(volume.name);
    const young = await test.docker.createContainer({
      name,
      Image: testImage,
      Labels: { 'dockervolumes.role': 'helper', 'dockervolumes.lock': volume.name },
    });
    await rejectsWith('volumeBusy', open(volume));
    await young.remove();
  });

  it('never creates a volume that does not exist', async () => {
    const volume = await test.createVolume();
    await rejectsWith('volumeNotFound', open({ ...volume, name: test.name('typo') }));
    await rejectsWith('volumeNotFound', test.engine.inspectVolume(test.name('typo'), never));
  });

  it('refuses a volume that was removed the moment before it was mounted, and leaves none of its name', async function () {
    // Podman does not label what a mount makes, so that it can be told by its time only, which has seconds.
    if (test.engine.connection.facts.podman) return this.skip();
    const volume = await test.createVolume();
    const rival = await test.connectAgain();
    const { docker } = rival.connection.wire;
    const create = docker.createContainer.bind(docker);
    docker.createContainer = async (options) => {
      await test.docker.getVolume(volume.name).remove();
      return create(options);
    };
    await rejectsWith('volumeNotFound', open(volume, rival));
    await rejectsWith('volumeNotFound', test.engine.inspectVolume(volume.name, never));
    rival.dispose();
  });

  it('says what the engine says of a volume that cannot be mounted', async () => {
    const volume = await test.createVolume('broken', { type: 'none', o: 'bind', device: '/does/not/exist' });
    const failure = await rejectsWith('volumeNotMountable', open(volume));
    assert.match(String(failure.details.reason), /does not exist|no such file or directory/);
  });

  it('leaves nothing behind when it is cancelled at any moment', async () => {
    const volume = await test.createVolume();
    for (const ms of [0, 5, 15, 40, 80, 120, 180, 250]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), ms);
      const started = performance.now();
      const transport = await open(volume, test.engine, controller.signal).catch((error: unknown) => {
        assert.ok(error instanceof Cancelled, String(error));
        return undefined;
      });
      await transport?.dispose();
      assert.ok(performance.now() - started < 2_000 + ms);
      assert.deepEqual(await test.ownContainerNames(), []);
    }
  });

  it('says that the image has no Node', async () => {
    const engine = await test.connectAgain();
    engine.connection.agent = { ...engine.connection.agent, baseImage: 'debian:stable-slim' };
    const volume = await test.createVolume();
    await rejectsWith('agentImageMissing', open(volume, engine), { image: 'debian:stable-slim', why: 'noNode' });
    engine.dispose();
  });

  it('says which image cannot be had', async () => {
    const engine = await test.connectAgain();
    engine.connection.agent = { ...engine.connection.agent, baseImage: '127.0.0.1:1/nothing/here:1' };
    const volume = await test.createVolume();
    await rejectsWith('agentImageMissing', open(volume, engine), {
      image: '127.0.0.1:1/nothing/here:1',
      why: 'unreachable',
    });
    engine.dispose();
  });
});
