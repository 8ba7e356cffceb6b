import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerCommand } from '../../src/core/engine';
import { Cancelled } from '../../src/core/failure';
import { never, TestEngine } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';

describe('a command in a container', () => {
  let test: TestEngine;
  let id: string;
  before(async () => {
    test = await TestEngine.connect();
    id = await test.startContainer([], { env: ['OWN=there'] });
  });
  after(() => test[Symbol.asyncDispose]());

  const exec = (command: string[], more: Partial<ContainerCommand> = {}, signal = never) =>
    test.engine.exec(id, { command, timeoutMs: 20_000, ...more }, signal);

  it('says how it ended, and what it wrote to both of its outputs', async () => {
    const { exitCode, output } = await exec(['sh', '-c', 'echo one; echo two >&2; exit 3']);
    assert.equal(exitCode, 3);
    assert.deepEqual(output.split('\n').sort(), ['', 'one', 'two']);
  });

  it('gets its arguments as they are, and a variable beside those of the container', async () => {
    const { output } = await exec(['printf', '%s|', '$(id)', 'a b', '"', '; exit 1']);
    assert.equal(output, '$(id)|a b|"|; exit 1|');
    const { output: variables } = await exec(['sh', '-c', 'echo "$OWN $MORE"'], { env: { MORE: 'a=b c' } });
    assert.equal(variables, 'there a=b c\n');
  });

  it('runs as the user that is named', async () => {
    assert.equal((await exec(['id', '-u'], { user: 'www-data' })).output, '33\n');
    const { exitCode, output } = await exec(['id'], { user: 'nobody-knows' });
    assert.equal(exitCode, 126);
    assert.match(output, /nobody-knows/);
  });

  it('that is not there has failed, in words', async () => {
    const { exitCode, output } = await exec(['no-such-program']);
    assert.ok(exitCode === 126 || exitCode === 127, String(exitCode));
    assert.match(output, /no-such-program/);
  });

  it('has ended when it has, also when something it started keeps its output open', async () => {
    const started = performance.now();
    assert.deepEqual(await exec(['sh', '-c', 'echo early; sleep 8 & exit 0']), { exitCode: 0, output: 'early\n' });
    assert.ok(performance.now() - started < 4_000);
  });

  it('that does not end in time is not waited for, and what it wrote until then is told', async () => {
    const started = performance.now();
    const result = await exec(['sh', '-c', 'echo begun; sleep 20'], { timeoutMs: 500 });
    assert.deepEqual(result, { exitCode: undefined, output: 'begun\n' });
    assert.ok(performance.now() - started < 4_000);
  });

  it('is not waited for once that is cancelled', async () => {
    const controller = new AbortController();
    const work = exec(['sleep', '20'], {}, controller.signal);
    await sleep(500);
    const cancelled = performance.now();
    controller.abort();
    await assert.rejects(work, Cancelled);
    assert.ok(performance.now() - cancelled < 1_000);
  });

  it('of which much is written keeps the end', async () => {
    const { output } = await exec(['sh', '-c', 'seq 1 200000; echo last']);
    assert.ok(output.length <= 4_000 && output.endsWith('\n200000\nlast\n'), output.slice(-50));
  });

  it('gives no password away in what is kept of its words', async () => {
    const { output } = await exec(['echo', 'cannot connect with user=me,password=canary']);
    assert.doesNotMatch(output, /canary/);
  });

  it('is refused in a container that is paused, stopped or gone', async () => {
    await test.engine.pause(id);
    await rejectsWith('engineError', exec(['true']), { status: 409 });
    await test.engine.unpause(id);
    const stopped = await test.createContainer([]);
    await rejectsWith('engineError', test.engine.exec(stopped, { command: ['true'], timeoutMs: 1_000 }, never));
    await rejectsWith('engineError', test.engine.exec('f'.repeat(64), { command: ['true'], timeoutMs: 1_000 }, never));
  });

  it('and all others in it are known by the names of their programs, without what they were given', async () => {
    const running = await test.engine.runningPrograms(id, never);
    assert.ok(running?.includes('sleep'), String(running));
    assert.doesNotMatch(String(running), /infinity/);
  });
});
