import assert from 'node:assert/strict';
import { ensureAgentImage } from '../../src/engine/agentImage';
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

  it('says why its base cannot be pulled', async () => {
    const pull = pullImage(test.engine.connection.wire, '127.0.0.1:1/no/such:1', () => {}, never);
    await assert.rejects(pull, /127\.0\.0\.1:1/);
  });
});
