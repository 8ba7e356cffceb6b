import assert from 'node:assert/strict';
import { ensureAgentImage, removeSuperseded } from '../../src/engine/agentImage';
import { openTransport } from '../../src/engine/helper/openHelper';
import { pullImage } from '../../src/engine/pullImage';
import type { DockerEngine } from '../../src/engine';
import { never, TestEngine } from '../fixtures/engine';
import { standInAgent } from '../fixtures/standInAgent';

describe("the agent's image", () => {
  let agent: Awaited<ReturnType<typeof standInAgent>>;
  let test: TestEngine;

  beforeEach(async () => {
    agent = await standInAgent();
    test = await TestEngine.connect({ agent });
  });
  afterEach(async () => {
    await test[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
  });

  function ensure({ connection }: DockerEngine = test.engine): Promise<string> {
    return ensureAgentImage(connection.wire, connection.facts, connection.agent, connection.names, never);
  }

  it('is made once, from a present image, and leaves no container', async () => {
    const first = await ensure();
    assert.equal(await ensure(), first);
    assert.deepEqual(await test.ownContainerNames(), []);
    const { RepoTags } = await test.docker.getImage(first).inspect();
    assert.equal(RepoTags.length, 1);
    assert.match(RepoTags[0] ?? '', /(^|\/)volumes-for-docker\/agent:[0-9a-f]{16}$/);
  });

  it('may be made by two windows at once', async () => {
    const second = await test.connectAgain();
    const ids = await Promise.all([ensure(), ensure(second)]);
    for (const id of ids) assert.equal((await test.docker.getImage(id).inspect()).Id, id);
    assert.ok(ids.includes(await ensure()));
    second.dispose();
  });

  it('still serves when the image it was made from is gone', async () => {
    const base = test.name('base');
    await test.docker.getImage('node:24-slim').tag({ repo: base, tag: '1' });
    test.engine.connection.agent = { ...agent, baseImage: `${base}:1` };
    const made = await ensure();
    await test.docker.getImage(`${base}:1`).remove();
    assert.equal(await ensure(), made);
  });

  it('is another one for another agent', async () => {
    const first = await ensure();
    await using other = await standInAgent();
    const engine = await test.connectAgain();
    engine.connection.agent = other;
    const second = await ensure(engine);
    assert.notEqual(second, first);
    engine.dispose();
  });

  it('goes when a new one on the same base takes its place, unless it is young or in use', async () => {
    const { wire, names } = test.engine.connection;
    const [base, otherBase] = [`${test.name('base')}:1`, `${test.name('other')}:1`];
    for (const repo of [test.name('base'), test.name('other')]) {
      await test.docker.getImage('node:24-slim').tag({ repo, tag: '1' });
    }
    await using stack = new AsyncDisposableStack();
    const make = async (baseImage: string) => {
      const files = stack.use(await standInAgent());
      return await ensureAgentImage(wire, test.engine.connection.facts, { ...files, baseImage }, names, never);
    };
    const [superseded, used, elsewhere] = [await make(base), await make(base), await make(otherBase)];
    const user = await test.docker.createContainer({ Image: used, name: test.name('user') });
    const current = await make(base);
    const present = async () => {
      const all = new Set((await test.docker.listImages()).map(({ Id }) => Id));
      return [superseded, used, elsewhere, current].map((id) => all.has(id));
    };
    assert.deepEqual(await present(), [true, true, true, true], 'all are young');
    await removeSuperseded(wire, { id: current, baseName: base }, 0);
    assert.deepEqual(await present(), [false, true, true, true]);
    await user.remove();
    for (const image of [used, elsewhere, current, base, otherBase]) await test.docker.getImage(image).remove();
  });

  it('is made again when another window removes it the moment before it is used', async () => {
    await ensure();
    const { wire } = test.engine.connection;
    const create = wire.docker.createContainer.bind(wire.docker);
    let removed = 0;
    wire.docker.createContainer = async (options) => {
      if (options.name?.includes('.size.') && removed++ === 0) await test.docker.getImage(await ensure()).remove();
      return create(options);
    };
    const transport = await openTransport(test.engine.connection, { operation: 'size', store: false }, never);
    await transport.dispose();
    assert.equal(removed, 2);
  });

  it('says why its base cannot be pulled', async () => {
    const pull = pullImage(test.engine.connection.wire, '127.0.0.1:1/no/such:1', () => {}, never);
    await assert.rejects(pull, /127\.0\.0\.1:1/);
  });
});
