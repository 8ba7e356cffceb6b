import type * as vscode from 'vscode';
import type { StoredFile } from '../../core/backup/destination';

const key = 'verifiedBackups';
/** More than anybody verifies in years; the oldest go first. */
const most = 5_000;

type Verified = Record<string, string>;

/** Remembers when which backup was verified. One that has been replaced since is another one. */
export class VerifiedBackups {
  constructor(private readonly memory: vscode.Memento) {}

  at(destination: string, file: StoredFile): Date | undefined {
    const at = this.all()[keyOf(destination, file)];
    return at === undefined ? undefined : new Date(at);
  }

  async remember(destination: string, file: StoredFile, at: Date): Promise<void> {
    const others = Object.entries(this.all()).filter(([each]) => each !== keyOf(destination, file));
    await this.memory.update(
      key,
      Object.fromEntries([...others, [keyOf(destination, file), at.toISOString()]].slice(-most)),
    );
  }

  /** It is damaged. */
  async forget(destination: string, file: StoredFile): Promise<void> {
    const others = Object.entries(this.all()).filter(([each]) => each !== keyOf(destination, file));
    await this.memory.update(key, Object.fromEntries(others));
  }

  private all(): Verified {
    return this.memory.get<Verified>(key, {});
  }
}

function keyOf(destination: string, { name, bytes, modified }: StoredFile): string {
  return [destination, name, bytes, modified.getTime()].join('\n');
}
