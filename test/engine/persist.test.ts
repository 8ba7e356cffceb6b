import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ContainerDetails, VolumeEngine } from '../../src/core/engine';
import * as operations from '../../src/core/operations';
import { containerSettings } from '../fixtures/containerSettings';
import { databasesImage, postgresql, untilAnswers } from '../fixtures/databases';
import { never, testImage, type ContainerOptions } from '../fixtures/engine';
import { rejectsWith } from '../fixtures/failures';
import { assertSameTree, Operations } from '../fixtures/operations';

const pythonImage = 'volumes-for-docker-test/python:1';

/** What a tar of an engine can keep, and what it cannot: a part of a second, and an attribute. */
const fill = `
import os, socket
os.makedirs('/srv/data/deep/er')
for i in range(50):
    with open(f'/srv/data/deep/{i}', 'wb') as f: f.write(os.urandom(3000))
os.link('/srv/data/deep/7', '/srv/data/linked')
os.symlink('deep', '/srv/data/current'); os.symlink('/etc/passwd', '/srv/data/out')
os.mkfifo('/srv/data/fifo'); os.mknod('/srv/data/null', 0o20666, os.makedev(1, 3))
with open('/srv/data/ünïcode name\\n', 'wb') as f: f.write(b'x')
with open('/srv/data/sparse', 'wb') as f: f.truncate(5_000_000); f.seek(4_000_000); f.write(b'end')
os.chown('/srv/data/deep/3', 999, 100000); os.chmod('/srv/data/deep/3', 0o6751)
os.utime('/srv/data/deep/5', (1, 86400 * 365))
os.chown('/srv/data', 33, 44); os.chmod('/srv/data', 0o1770)
open('/etc/changed', 'w').write('x')
`;

describe('data of a container that gets a volume', function () {
  let ops: Operations;
  before(async () => void (ops = await Operations.connect()));
  after(async () => ops[Symbol.asyncDispose]());
  afterEach(() => ops.assertNothingLeft());

  let count = 0;
  const persist = (
    container: string,
    path: string,
    {
      host = ops.host,
      signal = never,
      onPhase = () => {},
    }: { host?: operations.Host; signal?: AbortSignal; onPhase?: (phase: string) => void } = {},
  ) => {
    const spec = { name: ops.test.name(`persisted-${++count}`), driver: 'local', labels: {}, options: {} };
    const work = (run: operations.Run) => operations.persist(host, { container, path, spec }, run);
    return ops.run('persist', spec.name, work, { signal, onPhase });
  };
  const undo = (replaced: string) =>
    ops.run('undoPersist', 'x', (run) => operations.undoPersist(ops.host, { replaced }, run));
  const details = (id: string) => ops.test.engine.inspectContainer(id, never);
  const lastVolume = () => ops.test.name(`persisted-${count}`);
  const volumeNames = async () => (await ops.test.engine.listVolumes(never)).map(({ name }) => name);

  const settingsOf = (id: string, volume?: string) => containerSettings(ops.test.docker, id, volume);

  describe('a PostgreSQL', () => {
    const start = async (options: ContainerOptions = {}, Volumes?: Record<string, object>) => {
      const id = await ops.test.createContainer([], {
        image: databasesImage,
        user: postgresql.user,
        command: postgresql.command,
        Init: false,
        ...options,
        ...(Volumes && { volumes: Volumes }),
      });
      await ops.test.docker.getContainer(id).start();
      await untilAnswers(ops.test, id, postgresql);
      return id;
    };
    const sql = async (id: string, text: string) =>
      (await ops.test.exec(id, ['psql', '-XAtqc', text])).toString().trim();
    const rows = 'SELECT count(*), sum(hashtext(t::text)::bigint) FROM t';

    for (const [where, volumes] of [
      ['without any volume', undefined],
      ['on the volume that its image declares', { [postgresql.folder]: {} }],
    ] as const) {
      it(`${where} keeps all its rows, has the same settings but for the mount, and can go back`, async () => {
        const healthcheck = { Test: ['CMD', ...postgresql.ping], Interval: 1e9, Retries: 3 };
        const id = await start(
          { name: `pg-${count}`, healthcheck, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 4 } },
          volumes,
        );
        await sql(id, 'CREATE TABLE t AS SELECT id, md5(id::text) AS text FROM generate_series(1, 20000) id');
        const [sums, before] = [await sql(id, rows), await settingsOf(id)];
        const anonymous = (await details(id)).mounts[0]?.name;

        const { container, replaced, volume } = await persist(id, postgresql.folder);
        await untilAnswers(ops.test, container.id, postgresql);
        assert.equal(await sql(container.id, rows), sums);
        const after = await settingsOf(container.id, volume.name);
        assert.deepEqual(after, { ...before, mounts: before.mounts.filter(({ name }) => name !== anonymous) });
        assert.deepEqual(
          (await details(container.id)).mounts.map(({ name }) => name),
          [volume.name],
        );

        const record = ops.records.at(-1)!;
        const sum = record.phases.reduce((all, { ms }) => all + ms, 0);
        assert.ok(Math.abs(sum - record.totalMs) < 1, 'the phases add up');
        assert.deepEqual(record.databases, ['postgresql']);
        assert.ok(record.downtimeMs > 0 && record.downtimeMs <= record.totalMs);
        for (const phase of ['stop', 'switch', 'replace', 'start']) {
          assert.ok(
            record.phases.some(({ name }) => name === phase),
            phase,
          );
        }
        const [entry] = (await ops.test.engine.readCatalog(never)).snapshots.filter(
          (snapshot) => snapshot.volume.name === volume.name,
        );
        assert.deepEqual(entry?.databases, [{ kind: 'postgresql', version: '15' }]);

        // The old one is as it was, but still; what is written from now on is in the volume, and stays there.
        const old = await details(replaced.id);
        assert.deepEqual([old.state, old.restartPolicy.Name, old.id], ['exited', 'no', id]);
        await sql(container.id, 'INSERT INTO t VALUES (0, $$later$$)');
        const back = await undo(replaced.id);
        assert.deepEqual([back.container.id, back.volumes], [id, [volume.name]]);
        await untilAnswers(ops.test, id, postgresql);
        assert.equal(await sql(id, rows), sums);
        assert.deepEqual(await settingsOf(id), before);
        const again = await undo(back.replaced.id);
        await untilAnswers(ops.test, again.container.id, postgresql);
        assert.equal(await sql(again.container.id, 'SELECT text FROM t WHERE id = 0'), 'later');

        await operations.removeReplaced(ops.host, { replaced: id }, { signal: never });
        assert.equal(await ops.test.stateOf(id), undefined);
        if (anonymous) assert.ok((await volumeNames()).includes(anonymous), 'volumes stay');
      });
    }
  });

  it('is kept with owners, modes, links, holes, special files and names; the container that stands still stays so', async () => {
    const id = await ops.test.startContainer([], { image: pythonImage, labels: { team: 'blue' }, env: ['KEY=canary'] });
    await ops.test.exec(id, ['python3', '-c', fill]);
    const script = readFileSync('test/fixtures/tree-manifest.py', 'utf8');
    const lines = (await ops.test.exec(id, ['python3', '-c', script, '/srv/data'])).toString().trim().split('\n');
    await ops.test.docker.getContainer(id).stop({ t: 0 });
    const found = await ops.test.engine.containerChanges(id, never);
    assert.ok(found.some(({ path, kind }) => path === '/etc/changed' && kind === 'added'));

    const { volume, container } = await persist(id, '/srv/data');
    const whole = lines.map((line) => ({ ...(JSON.parse(line) as { mtime: string }), blocks: undefined }));
    const inSeconds = (tree: unknown[]) =>
      (tree as { mtime: string }[]).map((entry) => ({ ...entry, mtime: entry.mtime.slice(0, -9) }));
    assertSameTree(inSeconds(await ops.treeOf(volume)), inSeconds(whole));
    assert.equal(await ops.test.stateOf(container.id), 'created');
    assert.equal(ops.records.at(-1)!.downtimeMs, 0);
    assert.deepEqual(await settingsOf(container.id, volume.name), await settingsOfBefore(id, container.name));
  });

  const settingsOfBefore = async (id: string, name: string) => ({ ...(await settingsOf(id)), Name: `/${name}` });

  it('is in the same networks afterwards, with names and fixed addresses, links, mounts of other containers, all settings', async function () {
    const network = await ops.test.docker
      .createNetwork({
        Name: ops.test.name('net'),
        Internal: true,
        IPAM: { Driver: 'default', Config: [{ Subnet: '10.213.7.0/24' }] },
      })
      .catch(() => undefined);
    if (!network) this.skip(); // an engine without networks of its own
    const named = await ops.test.createVolume();
    const box = await ops.test.createContainer([named], { name: 'box' });
    const id = (
      await ops.test.docker.createContainer({
        name: ops.test.name('rich'),
        Image: testImage,
        Cmd: ['sh', '-c', 'mkdir -p /work/data; echo kept > /work/data/file; exec sleep infinity'],
        Entrypoint: ['/usr/bin/env', '--'],
        Env: ['A=b', 'PASSWORD=canary'],
        Labels: { 'dockervolumes.test': '1', team: 'blue' },
        User: '0:0',
        WorkingDir: '/work',
        Hostname: 'rich-host',
        Domainname: 'example.org',
        StopSignal: 'SIGKILL',
        StopTimeout: 2,
        Tty: true,
        OpenStdin: true,
        ExposedPorts: { '8080/tcp': {} },
        Volumes: { '/anonymous': {} },
        HostConfig: {
          NetworkMode: ops.test.name('net'),
          VolumesFrom: [`${ops.test.name('box')}:ro`],
          RestartPolicy: { Name: 'always' },
          Memory: 64 << 20,
          PidsLimit: 99,
          CpuShares: 512,
          CapAdd: ['NET_ADMIN'],
          CapDrop: ['MKNOD'],
          Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/mine', CgroupPermissions: 'rwm' }],
          ExtraHosts: ['other:10.0.0.1'],
          Tmpfs: { '/memory': 'size=1m' },
          Ulimits: [{ Name: 'nofile', Soft: 1000, Hard: 2000 }],
          LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
          SecurityOpt: ['no-new-privileges'],
          Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '80' },
          ShmSize: 1 << 20,
          Init: true,
        },
        NetworkingConfig: {
          EndpointsConfig: {
            [ops.test.name('net')]: { Aliases: ['db', 'database'], IPAMConfig: { IPv4Address: '10.213.7.77' } },
          },
        },
      })
    ).id;
    try {
      await ops.test.docker.getContainer(id).start();
      await ops.test.exec(id, ['sh', '-c', 'echo mine > /anonymous/file']);
      const before = await settingsOf(id);
      const { container, volume } = await persist(id, '/work/data');
      const after = await settingsOf(container.id, volume.name);
      const anonymous = before.mounts.find(({ Destination }) => Destination === '/anonymous')!.name;
      // It has got a name in the settings, and is the same one.
      const mounts = (after.HostConfig['Mounts'] as { Source: string }[]).filter(({ Source }) => Source !== anonymous);
      assert.deepEqual({ ...after, HostConfig: { ...after.HostConfig, Mounts: mounts } }, before);
      const files = ['cat', '/work/data/file', '/anonymous/file'];
      assert.equal((await ops.test.exec(container.id, files)).toString().trim(), 'kept\r\nmine'.replace('\r', ''));
    } finally {
      await ops.test.removeContainersOf('rich');
      await ops.test.docker.getContainer(box).remove();
      await network.remove();
    }
  });

  describe('that cannot be', () => {
    const oldRuns = async (id: string, before: ContainerDetails) => {
      const now = await details(id);
      assert.deepEqual([now.state, now.name, now.restartPolicy], ['running', before.name, before.restartPolicy]);
      assert.ok(!(await volumeNames()).includes(lastVolume()), 'nothing of the volume is left');
      const all = await ops.test.engine.listContainers(never);
      assert.equal(all.filter(({ name }) => name.startsWith(before.name)).length, 1, 'nor of another container');
      const { snapshots } = await ops.test.engine.readCatalog(never);
      assert.deepEqual(
        snapshots.filter(({ volume }) => volume.name === lastVolume()),
        [],
      );
    };
    const startApp = (name: string, options: ContainerOptions = {}) =>
      ops.test.startContainer([], {
        command: ['sh', '-c', 'mkdir -p /srv/data && echo x > /srv/data/file; exec sleep infinity'],
        name,
        RestartPolicy: { Name: 'always' },
        ...options,
      });

    it('put in use, because the new container does not come up: the old one runs as before', async () => {
      // What it needs besides its data is only in the old one.
      const command = 'test -f /srv/data/f && ! test -f /etc/mark && exit 3; touch /etc/mark; mkdir -p /srv/data';
      const id = await startApp('once', {
        command: ['sh', '-c', `${command}; echo x > /srv/data/f; exec sleep infinity`],
        RestartPolicy: { Name: 'no' },
      });
      const before = await details(id);
      const host = { ...ops.host, settings: { ...ops.host.settings, healthWaitMs: 3_000 } };
      const { details: why } = await rejectsWith('replacementNotUp', persist(id, '/srv/data', { host }));
      assert.equal(why.why, 'ended');
      await oldRuns(id, before);
    });

    it('because the engine refuses, or somebody cancels, at any step: the old one runs as before', async () => {
      const id = await startApp('refused');
      const before = await details(id);
      const refuse = (method: 'createLike' | 'start'): operations.Host => {
        const engine = Object.create(ops.test.engine) as VolumeEngine;
        let refused = false;
        const own = ops.test.engine[method].bind(ops.test.engine) as (...args: unknown[]) => Promise<never>;
        Object.assign(engine, {
          [method]: async (...args: unknown[]) => {
            if (refused) return own(...args);
            refused = true;
            // Done, as far as the engine is concerned, and not answered.
            if (method === 'start') await own(...args);
            throw new Error('no');
          },
        });
        return { ...ops.host, engine };
      };
      for (const method of ['createLike', 'start'] as const) {
        await assert.rejects(persist(id, '/srv/data', { host: refuse(method) }), /no/);
        await oldRuns(id, before);
      }
      for (const at of ['unpack', 'replace']) {
        const cancelling = new AbortController();
        const onPhase = (phase: string) => phase === at && cancelling.abort();
        await assert.rejects(persist(id, '/srv/data', { signal: cancelling.signal, onPhase }), { name: 'Cancelled' });
        await oldRuns(id, before);
      }
    });

    it('is refused before anything is stopped, by name', async () => {
      const id = await startApp('tied', { Tmpfs: { '/memory': '' } });
      const before = await details(id);
      await rejectsWith('containerPathNotFolder', persist(id, '/no/such'), { why: 'missing' });
      await rejectsWith('containerPathNotFolder', persist(id, '/etc/passwd'), { why: 'other' });
      await rejectsWith('containerPathMounted', persist(id, '/memory'), { at: '/memory' });
      const sharer = await startApp('sharer', { NetworkMode: `container:${id}` });
      const { details: tied } = await rejectsWith('containerTied', persist(id, '/srv/data'), { by: 'namespace' });
      assert.deepEqual(tied.others, [ops.test.name('sharer')]);
      await ops.test.docker.getContainer(sharer).remove({ force: true });
      const passing = await startApp('passing', { AutoRemove: true, RestartPolicy: { Name: 'no' } });
      await rejectsWith('containerWouldBeRemoved', persist(passing, '/srv/data'));
      assert.deepEqual((await details(id)).lastRun, before.lastRun, 'not even stopped');
      await ops.test.docker.getContainer(passing).remove({ force: true });
    });
  });
});
