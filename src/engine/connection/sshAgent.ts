import { spawn } from 'node:child_process';
import * as http from 'node:http';
import { Duplex } from 'node:stream';
import type { Endpoint } from './endpoint';

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
    const child = spawn(this.program, sshArguments(this.endpoint), {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-500)));
    const connection = Duplex.from({ readable: child.stdout, writable: child.stdin });
    const lost = (reason: string) => connection.destroy(Object.assign(new Error(reason), { code: 'ECONNRESET' }));
    child.on('error', (error) => lost(error.message));
    child.on('exit', (code) => code && lost(said.trim() || `ssh ended with code ${code}`));
    connection.on('close', () => child.kill());
    // What http.ClientRequest expects of a socket.
    return Object.assign(connection, {
      setKeepAlive: () => connection,
      setNoDelay: () => connection,
      setTimeout: () => connection,
      ref: () => child.ref(),
      unref: () => child.unref(),
    });
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
