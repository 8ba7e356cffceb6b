import Docker from 'dockerode';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Endpoint } from './endpoint';
import { SshAgent } from './sshAgent';

/** A dockerode for an endpoint, with connections of its own that `close` ends. Connects nowhere yet. */
export function openDocker(endpoint: Endpoint): { docker: Docker; close: () => void } {
  const agent = agentFor(endpoint);
  const docker = withoutDockerVariables(
    () =>
      new Docker({
        // Known to docker-modem, unknown to its types.
        ...({ agent } as object),
        ...(endpoint.kind === 'socket' && { socketPath: endpoint.path }),
        ...(endpoint.kind === 'ssh' && { host: 'ssh', port: 80, protocol: 'http' }),
        ...(endpoint.kind === 'tcp' && {
          host: endpoint.host,
          port: endpoint.port,
          protocol: endpoint.tls ? 'https' : 'http',
          ca: endpoint.tls?.ca,
          cert: endpoint.tls?.cert,
          key: endpoint.tls?.key,
        }),
      }),
  );
  return { docker, close: () => agent.destroy() };
}

function agentFor(endpoint: Endpoint): http.Agent {
  if (endpoint.kind === 'ssh') return new SshAgent(endpoint);
  if (endpoint.kind === 'tcp' && endpoint.tls) {
    return new https.Agent({ keepAlive: true, rejectUnauthorized: !endpoint.tls.insecure });
  }
  return new http.Agent({ keepAlive: true });
}

/** docker-modem mixes DOCKER_HOST and the certificates of DOCKER_CERT_PATH into whatever it is given, and throws on them. */
function withoutDockerVariables<T>(make: () => T): T {
  const saved = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    return make();
  } finally {
    if (saved !== undefined) process.env['DOCKER_HOST'] = saved;
  }
}
