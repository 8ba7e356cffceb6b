import type * as vscode from 'vscode';
import { addressOf, type DestinationConfig } from '../../core/backup/destinationConfig';
import type { StoredFile } from '../../core/backup/destination';

const key = 'verifiedBackups';
/** More than anybody verifies in years; the oldest go first. */
const most = 5_000;

type Verified = Record<string, string>;

/** Remembers when which backup was verified. One that has been replaced since is another one. */
export class VerifiedBackups {
  constructor(private readonly memory: vscode.Memento) {}

  at(destination: DestinationConfig, file: StoredFile): Date | undefined {
    const at = this.all()[keyOf(destination, file)];
    return at === undefined ? undefined : new Date(at);
  }

  async remember(destination: DestinationConfig, file: StoredFile, at: Date): Promise<void> {
    const others = Object.entries(this.all()).filter(([each]) => each !== keyOf(destination, file));
    await this.memory.update(
      key,
      Object.fromEntries([...others, [keyOf(destination, file), at.toISOString()]].slice(-most)),
    );
  }

  /** It is damaged. */
  async forget(destination: DestinationConfig, file: StoredFile): Promise<void> {
    const others = Object.entries(this.all()).filter(([each]) => each !== keyOf(destination, file));
    await this.memory.update(key, Object.fromEntries(others));
  }

  private all(): Verified {
    return this.memory.get<Verified>(key, {});
  }
}

/** By where it is: a destination may get another name, or a name another place. */
function keyOf(destination: DestinationConfig, { name, bytes, modified }: StoredFile): string {
  const { type } = destination;
  const server = destination.type === 's3' ? (destination.endpoint ?? '') : '';
  return [type, server, addressOf(destination), name, bytes, modified.getTime()].join('\n');
}
