import type { Socket } from 'node:net';
import { timeouts, type Wire } from '../wire';

/** Connects to the stdin, stdout and stderr of a container that is not started yet, so that nothing of it is missed. */
export function attach(wire: Wire, id: string): Promise<Socket> {
  return wire.call(
    (docker, abortSignal) =>
      new Promise<Socket>((resolve, reject) => {
        docker.modem.dial(
          {
            path: `/containers/${id}/attach?`,
            method: 'POST',
            options: { _query: { stream: 1, stdin: 1, stdout: 1, stderr: 1 } },
            // A body, however small, could end up in the stdin: engines hand on what follows the header.
            file: Buffer.alloc(0),
            hijack: true,
            isStream: true,
            statusCodes: { 101: true, 200: true },
            abortSignal,
          },
          (error, answer) => {
            if (error) return reject(error);
            const socket = answer as Socket;
            socket.on('error', () => {}); // seen by whoever reads or writes
            resolve(socket);
          },
        );
      }),
    { timeoutMs: timeouts.change },
  );
}
