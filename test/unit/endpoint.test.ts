import assert from 'node:assert/strict';
import { isFailure } from '../../src/core/failure';
import {
  describeEndpoint,
  parseEndpoint,
  withoutCredentials,
  type Endpoint,
} from '../../src/engine/connection/endpoint';
import { sshArguments } from '../../src/engine/connection/sshAgent';

describe('an engine address', () => {
  const addresses: [string, Endpoint][] = [
    ['unix:///run/user/1000/docker.sock', { kind: 'socket', path: '/run/user/1000/docker.sock' }],
    ['unix://', { kind: 'socket', path: '/var/run/docker.sock' }],
    ['/run/docker.sock', { kind: 'socket', path: '/run/docker.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['\\\\.\\pipe\\docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['tcp://build:2375', { kind: 'tcp', host: 'build', port: 2375 }],
    ['tcp://build', { kind: 'tcp', host: 'build', port: 2375 }],
    ['build:2375', { kind: 'tcp', host: 'build', port: 2375 }],
    ['tcp://build:2376', { kind: 'tcp', host: 'build', port: 2376, tls: {} }],
    ['https://build', { kind: 'tcp', host: 'build', port: 2376, tls: {} }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
    ['ssh://ann@build:22022', { kind: 'ssh', host: 'build', user: 'ann', port: 22022 }],
    ['ssh://build/run/docker.sock', { kind: 'ssh', host: 'build', path: '/run/docker.sock' }],
  ];
  for (const [address, endpoint] of addresses) {
    it(`${address} is understood`, () => assert.deepEqual(parseEndpoint(address), endpoint));
  }

  for (const address of ['ftp://build', 'tcp://', 'tcp://:2375', 'ssh://']) {
    it(`${address} is refused`, () =>
      assert.throws(
        () => parseEndpoint(address),
        (error) => isFailure(error, 'engineNotFound'),
      ));
  }

  it('is said without user names, passwords and keys', () => {
    const secret = 'canary';
    const shown = [
      describeEndpoint(parseEndpoint(`ssh://${secret}@build`)),
      describeEndpoint(parseEndpoint(`tcp://u:${secret}@build:2375`)),
      describeEndpoint(parseEndpoint('tcp://build:2376', { key: secret })),
      withoutCredentials(`dial tcp://u:${secret}@build:2375: refused`),
    ];
    for (const text of shown) assert.ok(!text.includes(secret), text);
    assert.equal(describeEndpoint(parseEndpoint('tcp://[::1]:2375')), 'tcp://[::1]:2375');
    assert.equal(describeEndpoint(parseEndpoint('npipe:////./pipe/x')), 'npipe:////./pipe/x');
  });

  it('cannot pass an option to ssh', () => {
    const args = sshArguments({ kind: 'ssh', host: '-oProxyCommand=touch /tmp/x' });
    assert.ok(args.indexOf('--') < args.indexOf('-oProxyCommand=touch /tmp/x'));
  });
});
