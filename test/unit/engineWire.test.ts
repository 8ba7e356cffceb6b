import assert from 'node:assert/strict';
import type { Failure } from '../../src/core/failure';
import { catalogFrom } from '../../src/engine/catalog';
import { knowsCreation } from '../../src/engine/volumes';
import { factsFrom } from '../../src/engine/engineFacts';
import { demux } from '../../src/engine/demux';
import { claimedName, isClaimOf, namesIn } from '../../src/engine/names';
import { containerIds, rootLayer } from '../../src/engine/ownContainerIds';
import { containerFromInspect, containerFromList } from '../../src/engine/wire/containerWire';
import { ownContainerFrom } from '../../src/engine/wire/ownContainerWire';
import { rawForPeople, volumeFrom } from '../../src/engine/wire/volumeWire';
import { toFailure } from '../../src/engine/wireErrors';

describe('what an engine writes', () => {
  it('may leave out labels and options of a volume, or set them to null', () => {
    const volume = volumeFrom({ Name: 'v', Labels: null, CreatedAt: '2026-01-01T00:00:00Z' });
    assert.deepEqual([volume.labels, volume.options, volume.driver], [{}, {}, 'local']);
  });

  describe('of a network share, is kept without its passwords', () => {
    const cases: [Record<string, string>, Record<string, string>][] = [
      [{ o: 'addr=nas,username=u,password=canary,vers=3.0' }, { o: 'addr=nas,username=u,password=***,vers=3.0' }],
      [{ o: 'pass=canary' }, { o: 'pass=***' }],
      [{ o: 'rw, Password2 = canary,,canary' }, { o: 'rw, Password2 =***' }],
      [{ o: 'credentials=/canary,ro' }, { o: 'credentials=***,ro' }],
      [
        { password: 'canary', sshcmd: 'u@host:/d' },
        { password: '***', sshcmd: 'u@host:/d' },
      ],
      [
        { type: 'none', o: 'bind', device: '/a//b@c,key=1' },
        { type: 'none', o: 'bind', device: '/a//b@c,key=1' },
      ],
      [{ url: 'https://u:canary@nas/share' }, { url: 'https://***@nas/share' }],
      [
        { o: 'addr=10.0.0.1,rw,nfsvers=4', device: ':/p' },
        { o: 'addr=10.0.0.1,rw,nfsvers=4', device: ':/p' },
      ],
    ];
    for (const [options, kept] of cases) {
      it(JSON.stringify(kept), () => {
        assert.deepEqual(volumeFrom({ Name: 'v', Options: options }).options, kept);
        assert.deepEqual(rawForPeople({ Name: 'v', Options: options, Scope: 'local' }), {
          Name: 'v',
          Options: kept,
          Scope: 'local',
        });
      });
    }
    it('where it has none', () => assert.deepEqual(rawForPeople({ Options: null }), { Options: null }));
  });

  it('may leave out the mounts of a listed container', () => {
    const container = containerFromList({ Id: 'a', Names: ['/web'], State: 'Configured', Labels: null });
    assert.deepEqual(container, { id: 'a', name: 'web', image: '', state: 'created', labels: {}, mounts: undefined });
    const stopped = containerFromList({ State: 'stopped', Mounts: [{ Type: 'volume', Name: 'v', RW: false }] });
    assert.equal(stopped.state, 'exited');
    assert.deepEqual(stopped.mounts, [{ type: 'volume', name: 'v', source: '', destination: '', readOnly: true }]);
  });

  it('names whose namespaces a container shares, each once', () => {
    const host = { NetworkMode: 'container:abc', PidMode: 'container:abc', IpcMode: 'private', RestartPolicy: null };
    const container = containerFromInspect({ Id: 'a', HostConfig: host });
    assert.deepEqual(container.sharesNamespaceOf, ['abc']);
    assert.deepEqual(container.restartPolicy, { Name: 'no' });
  });

  it('may hold labels of ours that are damaged', () => {
    const wire = { Id: 'a', Names: ['/n.freeze'], State: 'created', Created: 7 };
    const own = ownContainerFrom({ ...wire, Labels: { 'dockervolumes.role': 'freeze', 'dockervolumes.journal': '{' } });
    const expected = { id: 'a', name: 'n.freeze', role: 'freeze', state: 'created', createdAt: 7000 };
    assert.deepEqual(own, { ...expected, unreadableJournal: '{' });
    assert.equal(ownContainerFrom({ ...wire, Labels: {} }), undefined);
  });

  it('is told from Podman, which makes up a new id for every answer', () => {
    const version = { Components: [{ Name: 'Podman Engine' }] };
    const info = { ID: 'x', Name: 'box', DockerRootDir: '/g', SecurityOptions: ['name=rootless', 'name=selinux'] };
    const facts = factsFrom(info, version, '');
    assert.equal(facts.id, 'podman:box:/g');
    assert.deepEqual([facts.name, facts.rootless, facts.selinux, facts.remapped], ['Podman (box)', true, true, false]);
    assert.equal(factsFrom({ Architecture: 'aarch64' }, {}, '').arch, 'arm64');
  });

  it('is of no use when its containers are Windows', () => {
    assert.throws(
      () => factsFrom({ OSType: 'windows' }, {}, ''),
      (error) => (error as Failure).code === 'engineWindowsContainers',
    );
  });
});

describe('an error of a request', () => {
  const failure = (error: object) => toFailure(Object.assign(new Error('x'), error)) as Failure<'engineError'>;

  for (const code of ['ECONNREFUSED', 'ENOENT', 'EPIPE', 'ECONNRESET']) {
    it(`${code} means that the engine is lost`, () => assert.equal(failure({ code }).code, 'engineLost'));
  }
  it('of a socket that we may not use says so', () =>
    assert.equal(failure({ code: 'EACCES' }).code, 'enginePermissionDenied'));

  it('is said in the words of a page, without its tags, and cut', () => {
    const page = Buffer.from(`<html><style>b{}</style><h1>Bad\n Gateway</h1>${'x'.repeat(9_999)}</html>`);
    const { details } = failure({ statusCode: 502, json: page });
    assert.match(String(details.message), /^Bad Gateway x+…$/);
    assert.ok(String(details.message).length < 500);
    assert.equal(details.status, 502);
  });

  it('holds no credentials', () => {
    const { message } = failure({ statusCode: 500, json: { message: 'proxyconnect https://u:canary@proxy failed' } });
    assert.ok(!message.includes('canary'));
    const mount = 'mount //nas/d:/v, data: username=u,password=canary 2: permission denied';
    const said = failure({ statusCode: 500, json: { message: mount } }).details.message;
    assert.equal(said, 'mount //nas/d:/v, data: username=u,password=***: permission denied');
  });
});

describe('an attached stream', () => {
  const frame = (stream: number, text: string) => {
    const header = Buffer.alloc(8);
    header.writeUInt8(stream);
    header.writeUInt32BE(text.length, 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };

  for (const size of [1, 3, 8, 9, 1_000]) {
    it(`is taken apart in pieces of ${size}`, async () => {
      const all = Buffer.concat([frame(1, 'one'), frame(2, 'err'), frame(1, ''), frame(1, 'two'.repeat(9))]);
      async function* pieces() {
        for (let at = 0; at < all.length; at += size) yield await Promise.resolve(all.subarray(at, at + size));
      }
      let [out, err] = ['', ''];
      for await (const bytes of demux(pieces(), (said) => (err += said.toString()))) out += bytes.toString();
      assert.deepEqual([out, err], ['one' + 'two'.repeat(9), 'err']);
    });
  }

  it('of a terminal is refused', async () => {
    const raw = (async function* () {
      yield await Promise.resolve(Buffer.from('plain text'));
    })();
    await assert.rejects(async () => {
      for await (const _ of demux(raw, () => {}));
    });
  });
});

describe('names on the engine', () => {
  it('of a lock follow from the volume, also where a container could not have its name', () => {
    const { lock } = namesIn('n');
    assert.equal(lock('web_data.1'), 'n.lock.web_data.1');
    assert.match(lock('a/b'), /^n\.lock\._[0-9a-f]{32}$/);
    assert.notEqual(lock('a/b'), lock('a/c'));
    assert.ok(lock('x'.repeat(255)).length < 100);
  });

  it('of a claimed container differ each time it is claimed', () => {
    const id = '0123456789abcdef';
    assert.equal(claimedName('n.freeze', id), 'n.freeze.recovering.1.0123456789ab');
    const claims = ['n.freeze.recovering.1', 'n.freeze.recovering.1-0a', claimedName('n.freeze', id)];
    for (const claimed of [...claims, `${claimedName('n.freeze', id)}-0a`]) {
      assert.equal(claimedName(claimed, id), 'n.freeze.recovering.2.0123456789ab');
      assert.ok(isClaimOf('n.freeze', claimed));
    }
    assert.ok(!isClaimOf('n.freeze', 'n.freeze'));
    assert.ok(!isClaimOf('n.freeze', 'n.lock.x.recovering.1'));
  });

  it('of our own container are found in the mounts of our process', () => {
    const id = 'ab'.repeat(32);
    const mountinfo = `1 2 254:0 /var/lib/docker/containers/${id}/hostname /etc/hostname rw - ext4 /dev/vda rw
2 3 254:0 /objects/${'cd'.repeat(32)} /work rw - ext4 /dev/vda rw`;
    assert.deepEqual(containerIds(mountinfo, 'laptop'), [id]);
    assert.deepEqual(containerIds('', '0123456789ab'), ['0123456789ab']);
    assert.deepEqual(containerIds('', 'laptop'), []);
    const root = '3 2 0:43 / / rw,relatime - overlay overlay rw,lowerdir=/a:/b,upperdir=/o/1/diff,workdir=/o/1/work';
    assert.equal(rootLayer(`${mountinfo}\n${root}`), '/o/1/diff');
    assert.equal(rootLayer(mountinfo), undefined);
  });
});

describe('the catalog', () => {
  it('takes volume names with dots, and skips what it does not know', () => {
    const log: string[] = [];
    const entry = { format: 1, id: 'i', sequence: 3, volume: { name: 'a.b' } };
    const files = new Map([
      ['catalog/a.b@i.json', Buffer.from(JSON.stringify(entry))],
      ['catalog/a.b@j.json', Buffer.from(JSON.stringify({ ...entry, format: 2 }))],
      ['catalog/a.b@k.incoming', Buffer.from('a.b')],
      ['catalog/x.json.pending', Buffer.from('x.json')],
      ['catalog/xxx~d1ge57.pending', Buffer.from('x'.repeat(255))],
      ['catalog/y.pending.finished', Buffer.from('y.pending')],
      ['catalog/other', Buffer.alloc(0)],
    ]);
    const catalog = catalogFrom(files, (line) => log.push(line));
    assert.deepEqual([catalog.snapshots.length, catalog.incoming], [1, ['a.b']]);
    assert.deepEqual(catalog.pending, ['x.json', 'x'.repeat(255)]);
    assert.deepEqual(catalog.finished, ['y.pending']);
    assert.equal(log.length, 1);
  });
});

describe('when a volume was made', () => {
  const cases: [version: string, podman: boolean, driver: string, known: boolean][] = [
    ['20.10.24+dfsg1', false, 'local', false],
    ['20.10.24+dfsg1', false, 'vieux/sshfs', true],
    ['23.0.0', false, 'local', true],
    ['29.1.3', false, 'local', true],
    ['library-import', false, 'local', false],
    ['4.3.1', true, 'local', true],
  ];
  for (const [version, podman, driver, known] of cases) {
    it(`is ${known ? '' : 'not '}known by ${podman ? 'Podman' : 'Docker'} ${version} for the driver ${driver}`, () => {
      assert.equal(knowsCreation({ podman, version }, driver), known);
    });
  }
});
