import { once } from 'node:events';
import * as net from 'node:net';

/**
 * A socket through which the workbench reaches the engine. While it is closed there is no engine, and what was connected
 * is cut off.
 */
export class EngineDoor {
  private readonly connections = new Set<net.Socket>();
  private server: net.Server | undefined;

  /** `engine` as in DOCKER_HOST, on this machine or by plain TCP. */
  constructor(
    readonly socket: string,
    private readonly engine: string,
  ) {}

  async open(): Promise<void> {
    this.server = net.createServer({ allowHalfOpen: true }, (client) => this.connect(client));
    this.server.listen(this.socket);
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }

  private connect(client: net.Socket): void {
    const address = new URL(this.engine);
    const engine =
      address.protocol === 'unix:'
        ? net.connect({ path: address.pathname, allowHalfOpen: true })
        : net.connect({ host: address.hostname, port: Number(address.port || 2375), allowHalfOpen: true });
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      this.connections.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.connections.delete(from);
        to.destroy();
      });
    }
  }
}
