import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as processes from '../../scripts/testbed/processes.mjs';
import type * as rcloneRemotes from '../../scripts/testbed/rclone-remotes.mjs';
import { isFailure, type Failure, type FailureCode } from '../../src/core/failure';
import { partialPrefix } from '../../src/destinations/newFile';
import { Rclone } from '../../src/destinations/rclone';
import { never } from '../fixtures/engine';
import { until } from '../fixtures/until';
import { conforms } from './conformance';

describe('a remote of rclone as a destination', () => {
  let top: string;
  let remotes: rcloneRemotes.RcloneRemotes;
  let processTable: typeof processes.processTable;
  before(async () => {
    top = fs.mkdtempSync(path.join(os.tmpdir(), 'rclone-'));
    remotes = await (await load<typeof rcloneRemotes>('rclone-remotes.mjs')).startRcloneRemotes(top);
    ({ processTable } = await load<typeof processes>('processes.mjs'));
  });
  after(async () => {
    await remotes.stop();
    fs.rmSync(top, { recursive: true });
  });

  /** An empty folder of each test's own, as a remote and on the disk. */
  let count = 0;
  let folder: string;
  const place = (name: rcloneRemotes.RemoteName, configFile = remotes.configFile) => {
    const inner = `${++count} of them`;
    folder = path.join(remotes.folderOf(name), inner);
    fs.mkdirSync(folder);
    return new Rclone({ remote: `${name}:${inner}`, configFile });
  };
  /** Of rclones at work for the present test. */
  const pidsOf = (verb: string) =>
    processTable()
      .filter(
        ({ command }) => command[0] === 'rclone' && command.includes(verb) && command.includes(remotes.configFile),
      )
      .map(({ pid }) => pid);
  const listed = async (destination: Rclone) => {
    const names: string[] = [];
    for await (const { name } of destination.list(never)) names.push(name);
    return names;
  };
  /** Writes without an end, and does `meanwhile` when this much was written. */
  const upload = async (destination: Rclone, bytes: number, meanwhile?: () => Promise<void>) => {
    await using file = await destination.create('cut short', never);
    for (let n = 0; n < bytes; n += 100_000) await file.write(Buffer.alloc(100_000));
    if (!meanwhile) return await file.keep();
    await meanwhile();
    for (let n = 0; n < 200; n++) await file.write(Buffer.alloc(1_000_000));
    await file.keep();
  };

  for (const name of ['local', 'webdav', 'sftp'] as const) {
    describe(`(${name})`, () => {
      conforms({
        make: async () => place(name),
        everything: async () => fs.readdirSync(folder),
        largeBytes: 5_000_000,
      });
    });
  }

  it('is none that could be an option, or has its secrets in its name', () => {
    for (const remote of [
      '',
      'folder',
      '/folder',
      '-v:',
      '--config=x:',
      ':sftp,pass=secret:',
      'a,pass=b:x',
      'a:\nb',
      ' a:',
    ]) {
      assert.throws(
        () => new Rclone({ remote }),
        (error) => isFailure(error, 'destinationNotReached') && !/secret|=b/.test(error.message),
        remote,
      );
    }
    for (const remote of ['a:', 'a:b/c', 'My Drive_1.x@y+z-:/Ordner mit ü', 'é:-x']) new Rclone({ remote });
  });

  it('that is not configured is not reached', async () => {
    const { configFile } = remotes;
    await rejectsEverywhere(new Rclone({ remote: 'another:folder', configFile }), 'destinationNotReached', /config/);
  });

  it('is not reached without rclone', async () => {
    const without = new Rclone({ remote: 'local:', program: 'no-such-rclone' });
    await rejectsEverywhere(without, 'destinationNotReached', /^rclone is not installed$/);
  });

  it('refuses a wrong password, and one that is gone is not reached', async () => {
    for (const name of ['webdav', 'sftp'] as const) {
      await rejectsEverywhere(place(name, remotes.otherPassword), 'destinationRefused', /./);
    }
    const dead = place('webdav');
    await remotes.kill('webdav', 'SIGTERM');
    await rejectsEverywhere(dead, 'destinationNotReached', /connection refused/);
    await remotes.start('webdav');
  });

  it('whose folder is not there is neither written to nor listed as an empty one', async () => {
    const destination = place('local');
    fs.rmdirSync(folder);
    await assert.rejects(upload(destination, 10), (error) => isFailure(error, 'destinationNotWritable'));
    await assert.rejects(listed(destination), (error) => isFailure(error, 'backupNotReadable'));
    assert.ok(!fs.existsSync(folder));
  });

  for (const [name, code] of [
    ['local', 'destinationFull'],
    ['sftp', 'destinationFull'],
    // Its server does not say why.
    ['webdav', 'destinationNotWritable'],
  ] as const) {
    it(`that is full says so, and keeps what it had (${name})`, async () => {
      const destination = place(name);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
      try {
        fs.writeFileSync(path.join(folder, 'cut short'), 'older');
        await assert.rejects(upload(destination, 3_000_000), (error) => isFailure(error, code));
        await until(async () => fs.readdirSync(folder).join() === 'cut short', 20_000, 'only the older one is left');
        assert.equal(fs.readFileSync(path.join(folder, 'cut short'), 'utf8'), 'older');
      } finally {
        execFileSync('umount', [folder]);
      }
    });
  }

  it('that takes files as a whole is not what is full when the place is where rclone collects them', async () => {
    const destination = place('webdav');
    const small = fs.mkdtempSync(path.join(top, 'small-'));
    const { TMPDIR } = process.env;
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      process.env['TMPDIR'] = small;
      const isLocal = (error: unknown) => isFailure(error, 'destinationNotWritable') && error.message.includes(small);
      await assert.rejects(upload(destination, 3_000_000), isLocal);
      // Of a process that was killed.
      const left = fs.mkdtempSync(path.join(small, 'volumes-for-docker-rclone-'));
      fs.writeFileSync(path.join(left, 'spool'), 'x');
      await destination.removeLeftovers(new Date(Date.now() - 60_000), never);
      assert.deepEqual(fs.readdirSync(small), [path.basename(left)]);
      await destination.removeLeftovers(new Date(Date.now() + 60_000), never);
      assert.deepEqual(fs.readdirSync(small), []);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      execFileSync('umount', [small]);
    }
  });

  it('whose server is killed in an upload has nothing of it, and what is left goes later', async () => {
    const destination = place('sftp');
    const cut = upload(destination, 20_000_000, async () => {
      await until(async () => fs.readdirSync(folder).length > 0, 10_000, 'the upload has begun');
      await remotes.kill('sftp', 'SIGKILL');
    });
    await assert.rejects(cut, (error) => isFailure(error, 'destinationNotReached', 'destinationNotWritable'));
    assert.match(fs.readdirSync(folder).join(), /^\.volumes-for-docker-[0-9a-f]{12}\.partial$/);
    await remotes.start('sftp');
    assert.deepEqual(await listed(destination), []);

    // That of a process that was killed: what is left of the other one may be gone any moment, now that its server is back.
    const left = `${partialPrefix}0123456789ab.partial`;
    for (const each of [left, `${partialPrefix}of-somebody-else`, 'whole'])
      fs.writeFileSync(path.join(folder, each), '');
    await destination.removeLeftovers(new Date(Date.now() - 60_000), never);
    assert.ok(fs.existsSync(path.join(folder, left)));
    await destination.removeLeftovers(new Date(Date.now() + 60_000), never);
    assert.deepEqual(fs.readdirSync(folder).sort(), [`${partialPrefix}of-somebody-else`, 'whole']);
  });

  for (const name of ['local', 'webdav', 'sftp'] as const) {
    it(`holds nothing of an upload whose rclone is killed (${name})`, async () => {
      const destination = place(name);
      const cut = upload(destination, 20_000_000, async () => {
        for (const pid of pidsOf('rcat')) process.kill(pid, 'SIGKILL');
      });
      await assert.rejects(cut, (error) => isFailure(error, 'destinationNotWritable') && /SIGKILL/.test(error.message));
      await until(async () => fs.readdirSync(folder).length === 0, 20_000, 'nothing is left');
      // What rclone had collected for a remote that takes files as a whole.
      assert.deepEqual(
        fs.readdirSync(os.tmpdir()).filter((each) => /^(rclone-spool|volumes-for-docker-rclone-)/.test(each)),
        [],
      );
    });

    it(`does not take a download for whole whose rclone is killed (${name})`, async () => {
      const destination = place(name);
      fs.writeFileSync(path.join(folder, 'large'), Buffer.alloc(50_000_000));
      await using file = await destination.open('large', never);
      const reading = (async () => {
        for await (const _ of file.read(0, file.bytes, never)) {
          for (const pid of pidsOf('cat')) process.kill(pid, 'SIGKILL');
        }
      })();
      await assert.rejects(reading, (error) => isFailure(error, 'backupNotReadable') && /SIGKILL/.test(error.message));
    });
  }

  it('does not mix a file with what takes its place, or with its shorter self', async () => {
    const destination = place('local');
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, Buffer.alloc(1_000_000));
    await using open = await destination.open('file', never);
    const read = async () => {
      for await (const _ of open.read(0, open.bytes, never));
    };
    await read();
    fs.writeFileSync(file, Buffer.alloc(1_000_000, 'b'));
    await assert.rejects(read(), (error) => isFailure(error, 'backupNotReadable') && /replaced/.test(error.message));
    fs.truncateSync(file, 10);
    await assert.rejects(read(), (error) => isFailure(error, 'backupNotReadable') && /too early/.test(error.message));
  });

  it('gives no password away, neither in errors nor in arguments', async () => {
    const { password, obscured } = remotes;
    const seen: string[] = [];
    await upload(place('sftp'), 1_000_000, async () => {
      const commands = processTable().map(({ command }) => command.join(' '));
      assert.ok(commands.some((command) => command.includes('rcat')));
      seen.push(...commands);
      throw new Error('enough');
    }).catch((error: Error) => assert.equal(error.message, 'enough'));

    // One with the password in its address, as rclone accepts it.
    const configFile = path.join(top, 'in-address.conf');
    fs.writeFileSync(
      configFile,
      `[dav]\ntype = webdav\nurl = http://tester:${password}@127.0.0.1:1/?token=${password}\nvendor = other\n`,
    );
    for (const destination of [place('sftp', remotes.otherPassword), new Rclone({ remote: 'dav:', configFile })]) {
      const error = await listed(destination).then(
        () => assert.fail(),
        (error: unknown) => error as Failure,
      );
      for (let each: unknown = error; each instanceof Error; each = each.cause) {
        seen.push(each.message, each.stack ?? '', JSON.stringify(each));
      }
      seen.push(JSON.stringify(error.details));
    }
    for (const text of seen) assert.ok(!text.includes(password) && !text.includes(obscured), text);
  });

  async function rejectsEverywhere(destination: Rclone, code: FailureCode, reason: RegExp) {
    const is = (error: unknown) =>
      (isFailure(error, code) && reason.test((error.details as { reason: string }).reason)) ||
      assert.fail(String(error));
    await assert.rejects(destination.create('a', never), is);
    await assert.rejects(listed(destination), is);
    await assert.rejects(destination.open('a', never), is);
    await assert.rejects(destination.remove('a', never), is);
  }
});

/** The test bed is made of plain ES modules, which know their place by `import.meta`: loaded, not bundled. */
function load<T>(file: string): Promise<T> {
  return import(pathToFileURL(path.resolve('scripts', 'testbed', file)).href) as Promise<T>;
}
