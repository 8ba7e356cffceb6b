import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { openTransport } from '../../src/engine/helper/openHelper';
import type { ContainerTransport } from '../../src/engine/helper/containerTransport';
import { never, TestEngine } from '../fixtures/engine';
import { standInAgent } from '../fixtures/standInAgent';

describe('a helper container', () => {
  let agent: Awaited<ReturnType<typeof standInAgent>>;
  let test: TestEngine;
  const transports: ContainerTransport[] = [];

  before(async () => {
    agent = await standInAgent();
    test = await TestEngine.connect({ agent });
  });
  afterEach(async () => {
    for (const transport of transports.splice(0)) await transport.dispose();
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  async function open(...args: Parameters<typeof openTransport> extends [unknown, ...infer Rest] ? Rest : never) {
    const transport = await openTransport(test.engine.connection, ...args);
    transports.push(transport);
    return transport;
  }

  it('runs the agent with the volume and the store mounted, and is gone after its end', async () => {
    const volume = await test.createVolume();
    const command = ['ls', '-la', '/volumes-for-docker', '/volumes-for-docker-agent'];
    const transport = await open(
      { operation: 'snapshot', lock: volume.name, volume: { spec: volume, readOnly: true }, store: true },
      never,
      command,
    );
    const output = await textOf(transport.output);
    assert.match(output, / volume\n/);
    assert.match(output, / store\n/);
    assert.match(output, / agent\.js\n/);
    assert.match(output, / koffi\.node\n/);
    assert.equal(await transport.exited, 0);
    await transport.dispose();
    assert.deepEqual(await test.ownContainerNames(), []);
  });

  it('carries bytes both ways exactly, from the first to the last', async () => {
    const transport = await open({ operation: 'size', store: false }, never, ['head', '-c', '3000000']);
    const sent = randomBytes(3_000_000);
    const received = bytesOf(transport.output);
    for (let at = 0; at < sent.length; at += 700_001) await transport.write(sent.subarray(at, at + 700_001));
    assert.ok((await received).equals(sent));
    assert.equal(await transport.exited, 0);
  });

  it('says the exit code, and keeps the end of what the agent wrote to stderr', async () => {
    const transport = await open({ operation: 'size', store: false }, never);
    await transport.write(Buffer.from('exit 3\n'));
    await textOf(transport.output);
    assert.equal(await transport.exited, 3);
    assert.equal(transport.stderrTail(), 'stand-in\n');
  });

  it('has no network, no capability that files do not need, and no way to gain one', async () => {
    const volume = await test.createVolume();
    const script = 'grep -E "CapEff|NoNewPrivs" /proc/self/status; ls /sys/class/net; touch /x 2>&1 || true';
    const transport = await open({ operation: 'size', volume: { spec: volume, readOnly: true }, store: false }, never, [
      'sh',
      '-c',
      `${script}; touch /volumes-for-docker/volume/x 2>&1 || true`,
    ]);
    const output = await textOf(transport.output);
    // CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, FSETID 4, MKNOD 27, SETFCAP 31
    const wanted = [0, 1, 3, 4, 27, 31].reduce((mask, bit) => mask + 2 ** bit, 0);
    assert.equal(parseInt(/CapEff:\s*(\w+)/.exec(output)?.[1] ?? '', 16), wanted);
    assert.match(output, /NoNewPrivs:\s*1/);
    assert.match(output, /\nlo\n/);
    assert.doesNotMatch(output, /eth0/);
    assert.equal(output.match(/Read-only file system/g)?.length, 2);
  });

  it('leaves an empty volume empty', async () => {
    const volume = await test.createVolume();
    const transport = await open(
      { operation: 'restore', volume: { spec: volume, readOnly: false }, store: false },
      never,
      ['true'],
    );
    await transport.exited;
    await transport.dispose();
    assert.equal((await test.run(volume, ['ls', '-A', '/data'])).toString(), '');
  });

  it('is removed when it is disposed of at work, twice if need be', async () => {
    const volume = await test.createVolume();
    const request = {
      operation: 'snapshot',
      lock: volume.name,
      volume: { spec: volume, readOnly: true },
      store: false,
    } as const;
    const transport = await open(request, never);
    await Promise.all([transport.dispose(), transport.dispose()]);
    assert.equal(await test.stateOf(transport.id), undefined);
  });

  it('ends its output when it is killed, which is no success', async () => {
    const transport = await open({ operation: 'size', store: false }, never);
    await test.docker.getContainer(transport.id).kill();
    await textOf(transport.output);
    assert.equal(await transport.exited, 137);
  });
});

async function bytesOf(output: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  return (await bytesOf(output)).toString();
}
