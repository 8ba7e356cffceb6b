import type { StoredFile, VolumeImage } from '../../core/backup/destination';
import { readBackupName } from '../../core/backup/backupName';
import { basesOf } from '../../core/backup/builtOn';
import type { DestinationConfig } from '../../core/backup/destinationConfig';

/** What the view "Backups" shows: destinations, the volumes that have backups there, and these. */
export type BackupsNode = DestinationNode | BackedUpVolumeNode | BackupNode | ProblemNode;

export interface DestinationNode {
  kind: 'destination';
  id: string;
  config: DestinationConfig;
}

export interface BackedUpVolumeNode {
  kind: 'backedUpVolume';
  id: string;
  config: DestinationConfig;
  volume: string;
  /** Newest first. */
  backups: BackupNode[];
}

export interface BackupNode {
  kind: 'backup';
  id: string;
  config: DestinationConfig;
  file: StoredFile;
  volume: string;
  /** Of the data. */
  time: Date;
  isEncrypted: boolean;
  /** Of the backup that it builds on; absent for a full one. */
  since?: Date;
  /** What it builds on is not there, or what that builds on: it cannot be restored. */
  isBroken?: true;
  /** Something else has made it: it can be restored, and proves nothing. */
  image?: VolumeImage;
  /** When all of it was last read and matched its proof. */
  verifiedAt?: Date;
}

/** Why a destination could not be listed. */
export interface ProblemNode {
  kind: 'problem';
  id: string;
  config: DestinationConfig;
  error: unknown;
}

function ofImage({ modified }: StoredFile, image: VolumeImage) {
  return { volume: image.volume, time: modified, isEncrypted: false, image };
}

/** The volumes of a listing, by name; files that are no backups of ours are not among them. */
export function backedUpVolumes(
  config: DestinationConfig,
  files: readonly StoredFile[],
  verifiedAt: (file: StoredFile) => Date | undefined,
): BackedUpVolumeNode[] {
  const volumes = new Map<string, BackupNode[]>();
  for (const file of files) {
    const { image } = file;
    const said = image ? ofImage(file, image) : readBackupName(file.name);
    if (!said) continue;
    const verified = verifiedAt(file);
    const id = `${config.name}\n${file.name}`;
    const backups = volumes.get(said.volume) ?? [];
    backups.push({ kind: 'backup', id, config, file, ...said, ...(verified && { verifiedAt: verified }) });
    volumes.set(said.volume, backups);
  }
  return [...volumes]
    .map(([volume, backups]) => ({
      kind: 'backedUpVolume' as const,
      id: `${config.name}\n\n${volume}`,
      config,
      volume,
      backups: withBroken(backups).sort((a, b) => b.time.getTime() - a.time.getTime()),
    }))
    .sort((a, b) => a.volume.localeCompare(b.volume));
}

/** By their names. That one was whole once says nothing of whether it can be restored without what it builds on. */
function withBroken(backups: readonly BackupNode[]): BackupNode[] {
  const hasAll = (backup: BackupNode, above: ReadonlySet<BackupNode>): boolean => {
    if (!backup.since) return true;
    const bases = basesOf(backup, backups).filter((base) => !above.has(base));
    return bases.some((base) => hasAll(base, new Set([...above, base])));
  };
  return backups.map((backup) => {
    if (hasAll(backup, new Set([backup]))) return backup;
    const { verifiedAt: _, ...others } = backup;
    return { ...others, isBroken: true };
  });
}
