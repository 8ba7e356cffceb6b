import assert from 'node:assert/strict';
import type { ImageProblem } from '../../src/core/failure';
import { pullProblem } from '../../src/engine/pullProblem';

/** As Docker, containerd and Podman say it. */
const said: [why: ImageProblem, words: string][] = [
  ['unreachable', 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host'],
  ['unreachable', 'Get "https://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused'],
  ['unreachable', 'net/http: request canceled while waiting for connection (Client.Timeout exceeded)'],
  ['unreachable', 'Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout'],
  ['unreachable', 'Get "https://r.example/v2/": x509: certificate signed by unknown authority'],
  ['unreachable', 'proxyconnect tcp: dial tcp: lookup proxy on 10.0.0.2:53: server misbehaving'],
  ['unreachable', 'initializing source docker://x: pinging container registry r.example: EOF'],
  ['unreachable', 'the registry stopped answering'],
  ['denied', "pull access denied for nobody/x, repository does not exist or may require 'docker login'"],
  ['denied', 'Head "https://ghcr.io/v2/x/manifests/1": unauthorized'],
  ['denied', 'unexpected status from HEAD request to https://r.example/v2/x/manifests/1: 403 Forbidden'],
  ['notFound', 'manifest for node:99 not found: manifest unknown: manifest unknown'],
  ['notFound', 'docker.io/library/node:99: not found'],
  ['notFound', 'no matching manifest for linux/arm64 in the manifest list entries'],
  ['notPulled', 'invalid reference format'],
  ['notPulled', 'failed to register layer: write /usr/bin/node: no space left on device'],
  ['notPulled', ''],
];

describe('a pull that fails', () => {
  for (const [why, words] of said) {
    it(`is “${why}” when the engine says: ${words || 'nothing'}`, () => {
      assert.deepEqual(pullProblem('node:24-slim', words), { why, reason: words });
    });
  }

  it('is not judged by the name of the image', () => {
    assert.equal(
      pullProblem('r.example/login:timeout', 'manifest for r.example/login:timeout not found').why,
      'notFound',
    );
  });
});
