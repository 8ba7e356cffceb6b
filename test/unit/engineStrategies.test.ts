import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isFailure } from '../../src/core/failure';
import { contextStrategy } from '../../src/engine/connection/contextStrategy';
import { listContexts, oneContext } from '../../src/engine/connection/dockerContexts';
import { dockerHostStrategy } from '../../src/engine/connection/dockerHostStrategy';
import { permissionAdvice } from '../../src/engine/connection/permissionAdvice';
import { settingStrategy } from '../../src/engine/connection/settingStrategy';
import { wellKnownSockets } from '../../src/engine/connection/wellKnownStrategy';
import { machine } from '../fixtures/surroundings';

const digest = (name: string) => createHash('sha256').update(name).digest('hex');
const sockets = (...args: Parameters<typeof machine>) =>
  wellKnownSockets(machine(...args)).map(({ endpoint }) => (endpoint.kind === 'socket' ? endpoint.path : ''));

describe('the setting', () => {
  it('names an engine, or none', async () => {
    assert.deepEqual(await settingStrategy('  ').candidates(machine()), []);
    const [found] = await settingStrategy('~/.colima/docker.sock').candidates(machine());
    assert.deepEqual(found?.endpoint, { kind: 'socket', path: '/home/ann/.colima/docker.sock' });
  });
});

describe('DOCKER_HOST', () => {
  const files = { '/certs/ca.pem': 'CA', '/certs/cert.pem': 'CERT', '/certs/key.pem': 'KEY' };
  const candidates = (env: Record<string, string>) => dockerHostStrategy.candidates(machine({ env, files }));

  it('may be absent', async () => assert.deepEqual(await candidates({}), []));

  it('is a plain connection without DOCKER_TLS_VERIFY', async () => {
    const [found] = await candidates({ DOCKER_HOST: 'tcp://build:2375', DOCKER_CERT_PATH: '/certs' });
    assert.deepEqual(found?.endpoint, { kind: 'tcp', host: 'build', port: 2375 });
  });

  it('is TLS with the certificates of DOCKER_CERT_PATH', async () => {
    const tls = { ca: 'CA', cert: 'CERT', key: 'KEY' };
    const env = { DOCKER_HOST: 'tcp://build:4000', DOCKER_CERT_PATH: '/certs' };
    const [checked] = await candidates({ ...env, DOCKER_TLS_VERIFY: '1' });
    assert.deepEqual(checked?.endpoint, { kind: 'tcp', host: 'build', port: 4000, tls });
    const [unchecked] = await candidates({ ...env, DOCKER_TLS: '1' });
    assert.deepEqual(unchecked?.endpoint, { kind: 'tcp', host: 'build', port: 4000, tls: { ...tls, insecure: true } });
  });

  it('needs no certificates for a socket', async () => {
    const [found] = await candidates({ DOCKER_HOST: 'unix:///run/x.sock', DOCKER_TLS_VERIFY: '1' });
    assert.deepEqual(found?.endpoint, { kind: 'socket', path: '/run/x.sock' });
  });
});

describe('the Docker context', () => {
  const meta = (name: string, endpoint: object) => ({
    [`/home/ann/.docker/contexts/meta/${digest(name)}/meta.json`]: JSON.stringify({
      Name: name,
      Endpoints: { docker: endpoint },
    }),
  });

  it('is the one that the CLI has chosen', async () => {
    const files = {
      '/home/ann/.docker/config.json': '{"currentContext":"colima"}',
      ...meta('colima', { Host: 'unix:///c.sock' }),
    };
    const found = await contextStrategy.candidates(machine({ files }));
    assert.deepEqual(found, [{ label: 'colima', endpoint: { kind: 'socket', path: '/c.sock' } }]);
  });

  it('is the one of DOCKER_CONTEXT, in the folder of DOCKER_CONFIG', async () => {
    const files = {
      [`/cfg/contexts/meta/${digest('far')}/meta.json`]: '{"Endpoints":{"docker":{"Host":"ssh://far"}}}',
    };
    const env = { DOCKER_CONTEXT: 'far', DOCKER_CONFIG: '/cfg' };
    const [found] = await contextStrategy.candidates(machine({ files, env }));
    assert.deepEqual(found?.endpoint, { kind: 'ssh', host: 'far' });
  });

  it('brings its own TLS material', async () => {
    const files = {
      ...meta('far', { Host: 'tcp://far:2376', SkipTLSVerify: true }),
      [`/home/ann/.docker/contexts/tls/${digest('far')}/docker/ca.pem`]: 'CA',
    };
    const [found] = await contextStrategy.candidates(machine({ files, env: { DOCKER_CONTEXT: 'far' } }));
    assert.deepEqual(found?.endpoint, { kind: 'tcp', host: 'far', port: 2376, tls: { ca: 'CA', insecure: true } });
  });

  for (const config of ['{"currentContext":"default"}', '{}', 'not json', undefined]) {
    it(`leaves the choice open when the CLI's configuration is ${config ?? 'absent'}`, async () => {
      const files: Record<string, string> = config === undefined ? {} : { '/home/ann/.docker/config.json': config };
      assert.deepEqual(await contextStrategy.candidates(machine({ files })), []);
    });
  }

  it('is one of several, all of which can be connected to by name', async () => {
    const files = {
      ...meta('colima', { Host: 'unix:///c.sock' }),
      ...meta('build', { Host: 'ssh://ann:secret@build' }),
      ...meta('unknown', { Host: 'gopher://x' }),
      '/home/ann/.docker/contexts/meta/broken/meta.json': '{',
    };
    assert.deepEqual(await listContexts(machine({ files })), [
      { name: 'build', address: 'ssh://build' },
      { name: 'colima', address: 'unix:///c.sock' },
      { name: 'default', address: 'unix:///var/run/docker.sock' },
    ]);
    const [colima] = await oneContext('colima').candidates(machine({ files }));
    assert.deepEqual(colima, { label: 'colima', endpoint: { kind: 'socket', path: '/c.sock' } });
    const [own, ...others] = await oneContext('default').candidates(machine());
    assert.deepEqual([own?.endpoint, others], [{ kind: 'socket', path: '/var/run/docker.sock' }, []]);
  });

  it('is refused by name when it does not exist', async () => {
    await assert.rejects(contextStrategy.candidates(machine({ env: { DOCKER_CONTEXT: 'gone' } })), (error) => {
      return isFailure(error, 'engineNotFound') && error.details.context === 'gone';
    });
  });
});

describe('the well-known sockets', () => {
  it('are those of the engines for Linux', () => {
    const found = sockets();
    assert.equal(found[0], '/var/run/docker.sock');
    for (const path of ['/run/user/1000/docker.sock', '/run/user/1000/podman/podman.sock', '/run/podman/podman.sock']) {
      assert.ok(found.includes(path), path);
    }
  });
  it('follow XDG_RUNTIME_DIR', () => assert.ok(sockets({ env: { XDG_RUNTIME_DIR: '/r' } }).includes('/r/docker.sock')));
  it('are those of the engines for macOS', () => {
    const found = sockets({ platform: 'darwin', home: '/Users/ann' });
    for (const name of ['.docker/run', '.colima/default', '.orbstack/run', '.rd']) {
      assert.ok(found.includes(`/Users/ann/${name}/docker.sock`), name);
    }
    assert.ok(!found.some((path) => path.startsWith('/run/user')));
  });
  it('are pipes on Windows', () =>
    assert.ok(sockets({ platform: 'win32' }).every((path) => path.startsWith('//./pipe/'))));
});

describe('a socket that refuses us', () => {
  const socket = '/var/run/docker.sock';
  const advice = (more: Parameters<typeof machine>[0]) =>
    permissionAdvice({ kind: 'socket', path: socket }, machine({ groups: { [socket]: 998 }, ...more }));
  const files = { '/etc/group': 'root:x:0:\ndocker:x:998:bob\n' };

  it('asks to join its group', async () => {
    const { group, advice: kind } = await advice({ files });
    assert.deepEqual([group, kind], ['docker', 'group']);
  });
  it('asks to log in again who has joined it since', async () => {
    assert.equal((await advice({ files, userName: 'bob' }))['advice'], 'login');
  });
  it("is another user's when no group has it", async () => {
    assert.equal((await advice({ groups: { [socket]: 0 } }))['advice'], 'rootless');
  });
});
