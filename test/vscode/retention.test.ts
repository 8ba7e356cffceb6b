import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { SnapshotEntry } from '../../src/core/snapshotEntry';
import type { OperationKind, TimingRecord } from '../../src/core/timings/record';
import type { ConnectionState } from '../../src/features/connection/engineConnection';
import type { LiveEngine } from '../../src/features/connection/liveEngine';
import { Retention } from '../../src/features/snapshots/retention';
import type { Operation } from '../../src/ui/operation';
import { until } from './extension';

/** The catalog, the operations and the log as far as retention looks at them. */
class Stage implements Disposable {
  readonly connected = new vscode.EventEmitter<ConnectionState>();
  readonly ended = new vscode.EventEmitter<TimingRecord>();
  readonly log = vscode.window.createOutputChannel('retention test', { log: true });
  readonly ran: string[] = [];
  asked = 0;
  readonly retention: Retention;

  constructor(snapshots: SnapshotEntry[], result: SnapshotEntry[] | undefined) {
    const readCatalog = () => (this.asked++, Promise.resolve({ snapshots, incoming: [], pending: [] }));
    const state: ConnectionState = { kind: 'connected', engine: { id: 'e', readCatalog } as unknown as LiveEngine };
    const runInBackground = <T>({ kind, volume }: Operation<T>) => {
      this.ran.push(`${kind} ${volume}`);
      return Promise.resolve(result as T);
    };
    const connection = { state, onDidChange: this.connected.event };
    this.retention = new Retention(connection, { onDidEnd: this.ended.event, runInBackground }, this.log, 0);
  }

  connect(): void {
    this.connected.fire({ kind: 'connected', engine: {} as LiveEngine });
  }

  end(kind: OperationKind): void {
    this.ended.fire({ kind } as TimingRecord);
  }

  [Symbol.dispose](): void {
    this.retention.dispose();
    this.log.dispose();
  }
}

function safety(volume: string, sequence: number, days: number): SnapshotEntry {
  const time = new Date(Date.now() - days * 86_400_000).toISOString();
  return {
    id: `${volume}${sequence}`,
    sequence,
    time,
    kind: 'safety',
    note: '',
    volume: { name: volume },
  } as SnapshotEntry;
}

describe('the retention of safety snapshots', () => {
  const snapshots = [
    safety('db', 1, 100),
    safety('db', 2, 1),
    safety('web', 1, 100),
    safety('old', 1, 100),
    safety('old', 2, 90),
  ];

  it('looks after a connection, and runs for the volumes that have old ones', async () => {
    using stage = new Stage(snapshots, [snapshots[0]!]);
    stage.connect();
    await until(() => stage.ran.length === 2);
    assert.deepEqual(stage.ran, ['retention db', 'retention old']);
  });

  it('looks after a restore, and runs once a day for a volume, whatever came of it', async () => {
    using stage = new Stage(snapshots, undefined);
    stage.end('snapshot');
    stage.end('restore');
    await until(() => stage.ran.length === 2);
    stage.end('restore');
    await until(() => stage.asked === 2);
    assert.deepEqual([stage.asked, stage.ran.length], [2, 2]);
  });
});
