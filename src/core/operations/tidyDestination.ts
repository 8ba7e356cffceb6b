import { basesOf } from '../backup/builtOn';
import { isCut, readBackupName } from '../backup/backupName';
import type { Destination, StoredFile } from '../backup/destination';
import { BackupChain } from '../backup/backupChain';
import { sortOut, type Datable, type KeepRules, type Reason, type Sorted } from '../backup/keepRules';
import { isFailure } from '../failure';

/** A file that is a backup by its name. */
export interface FoundBackup {
  file: StoredFile;
  volume: string;
  time: Date;
  since?: Date;
}

/** What rules would do at a destination. */
export interface Tidying {
  stay: (FoundBackup & { because: Reason[] })[];
  /** One volume after the other, and of each the newest first: what is left always is whole. */
  go: FoundBackup[];
}

/** Of all volumes, or one. Removes nothing. */
export async function planTidying(
  destination: Destination,
  rules: KeepRules,
  signal: AbortSignal,
  onlyOf?: string,
): Promise<Tidying> {
  const ofVolumes = new Map<string, FoundBackup[]>();
  for await (const file of destination.list(signal)) {
    const said = readBackupName(file.name);
    if (!said || (onlyOf !== undefined && said.volume !== onlyOf)) continue;
    const group = ofVolumes.get(said.volume) ?? [];
    group.push({ file, ...said });
    ofVolumes.set(said.volume, group);
  }
  const plan: Tidying = { stay: [], go: [] };
  for (const [volume, backups] of [...ofVolumes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isCut(volume)) {
      plan.stay.push(...backups.map((backup) => ({ ...backup, because: ['unclear' as const] })));
      continue;
    }
    const datable = backups.map((found) => ({ found, time: found.time, written: found.file.modified }));
    const { stay, go } = await sortOutWhole(datable, rules, wholenessAt(destination, backups, signal));
    const staying = stay.map(({ backup, because }) => ({ ...backup.found, because }));
    const needed = neededBy(staying, backups);
    plan.stay.push(
      ...staying.map((each) =>
        needed.has(each.file) ? { ...each, because: [...each.because, 'needed' as const] } : each,
      ),
    );
    for (const { found } of go) {
      if (needed.has(found.file)) plan.stay.push({ ...found, because: ['needed'] });
      else plan.go.push(found);
    }
  }
  return plan;
}

interface Dated extends Datable {
  found: FoundBackup;
}

/** Where some would go, only those count that can be restored: what is not whole stays, and takes no other one's place. */
async function sortOutWhole(
  backups: readonly Dated[],
  rules: KeepRules,
  isWhole: (backup: FoundBackup) => Promise<boolean>,
): Promise<Sorted<Dated>> {
  const broken = new Set<Dated>();
  for (;;) {
    const { stay, go } = sortOut(
      backups.filter((each) => !broken.has(each)),
      rules,
    );
    const before = broken.size;
    if (go.length > 0) for (const { backup } of stay) if (!(await isWhole(backup.found))) broken.add(backup);
    if (broken.size > before) continue;
    return { stay: [...stay, ...[...broken].map((backup) => ({ backup, because: ['broken' as const] }))], go };
  }
}

/**
 * Whether backups can be restored, as far as their ends say it: cut files have none, and what a backup builds on must be there, and be
 * the one that it was. One that is encrypted for others cannot be looked into, and counts as whole when what it builds on is
 * there by its name.
 */
function wholenessAt(destination: Destination, all: readonly FoundBackup[], signal: AbortSignal) {
  const known = new Map<string, Promise<boolean>>();
  const look = async (backup: FoundBackup): Promise<boolean> => {
    const bases = basesOf(backup, all);
    if (backup.since && bases.length === 0) return false;
    try {
      await using _chain = await BackupChain.open(destination, backup.file.name, signal);
      return true;
    } catch (error) {
      if (isFailure(error, 'backupDamaged', 'backupWithoutProof', 'backupChainBroken')) return false;
      if (!isFailure(error, 'backupLocked', 'backupTooNew')) throw error;
      return (await Promise.all(bases.map(isWhole))).every(Boolean);
    }
  };
  const isWhole = (backup: FoundBackup): Promise<boolean> => {
    const answer = known.get(backup.file.name) ?? look(backup);
    known.set(backup.file.name, answer);
    return answer;
  };
  return isWhole;
}

/** The files that these build on, by what their names say. */
function neededBy(staying: readonly FoundBackup[], all: readonly FoundBackup[]): Set<StoredFile> {
  const needed = new Set<StoredFile>();
  const open = [...staying];
  for (let backup = open.pop(); backup; backup = open.pop()) {
    for (const base of basesOf(backup, all)) {
      if (needed.has(base.file)) continue;
      needed.add(base.file);
      open.push(base);
    }
  }
  return needed;
}

/**
 * Removes what was agreed to and is still to go by the rules: what is there may be others' work, or have changed since.
 * Each is told once it is gone; a failure or a cancel ends it between two.
 */
export async function tidyDestination(
  destination: Destination,
  { rules, agreed }: { rules: KeepRules; agreed: readonly FoundBackup[] },
  signal: AbortSignal,
  onRemoved: (backup: FoundBackup) => void,
): Promise<void> {
  const { go } = await planTidying(destination, rules, signal);
  const isAgreed = ({ file }: FoundBackup) =>
    agreed.some(({ file: { name, bytes, modified } }) => {
      return name === file.name && bytes === file.bytes && modified.getTime() === file.modified.getTime();
    });
  for (const backup of go.filter(isAgreed)) {
    await destination.remove(backup.file.name, signal);
    onRemoved(backup);
  }
}
