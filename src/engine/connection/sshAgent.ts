import * as http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Endpoint } from './endpoint';
import { SshConnection } from './sshConnection';

/**
 * Connections through the system's `ssh`, as the Docker CLI makes them: it knows the user's configuration, keys and
 * known hosts, which a client library would ignore (an unchecked host key among them).
 */
export class SshAgent extends http.Agent {
  constructor(
    private readonly endpoint: Extract<Endpoint, { kind: 'ssh' }>,
    private readonly program = 'ssh',
  ) {
    super({ keepAlive: true, maxFreeSockets: 2 });
  }

  override createConnection(): Duplex {
    return new SshConnection(this.program, sshArguments(this.endpoint));
  }
}

export function sshArguments(endpoint: Extract<Endpoint, { kind: 'ssh' }>): string[] {
  return [
    // No prompts: there is no terminal to answer them at.
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T'],
    ...(endpoint.user ? ['-l', endpoint.user] : []),
    ...(endpoint.port ? ['-p', String(endpoint.port)] : []),
    // A host that begins with "-" must not be an option.
    ...['--', endpoint.host, 'docker'],
    ...(endpoint.path ? ['--host', `unix://${endpoint.path}`] : []),
    ...['system', 'dial-stdio'],
  ];
}
