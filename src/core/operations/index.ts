export { snapshotVolume, snapshotVolumes, type SnapshotVolumeRequest, type SnapshotVolumesRequest } from './snapshot';
export { restoreSnapshots, type RestoreRequest, type RestoreResult, type RestoredVolume } from './restore';
export { restoreToNewVolume } from './restoreToNew';
export { createVolume } from './createVolume';
export { cloneVolume, type CloneRequest } from './clone';
export { removeVolume, type RemoveRequest } from './removeVolume';
export { renameVolume } from './renameVolume';
export { bringBack } from './bringBack';
export { persist, type Persisted, type PersistRequest } from './persist';
export { undoPersist } from './undoPersist';
export { copyInto } from './copyInto';
export { folderVolume } from './folderVolume';
export { removeReplaced } from './removeReplaced';
export { emptyVolume } from './emptyVolume';
export { previewSync, syncVolume, type SyncRequest } from './sync';
export {
  previewSyncToEngine,
  syncToEngine,
  type Brought,
  type BringRequest,
  type FarSync,
  type FarSyncRequest,
} from './syncToEngine';
export { refuseUsed, updateStandby, type Pair } from './standby/updateStandby';
export { failOver, startable, type FailedOver, type FailOverRequest } from './standby/failOver';
export { onOther } from './otherEngine';
export { refuseSameEngine, transfer } from './transfer';
export { previewRestore, previewRestores } from './previewRestore';
export { changeNote } from './changeNote';
export { deleteSnapshot } from './deleteSnapshot';
export { pruneSafety } from './pruneSafety';
export { causeOfLoss } from './causeOfLoss';
export { backUpNext, backUpSnapshot, backUpVolume, type Backup, type BackupRequest } from './backUp';
export { importBackup, importToNewVolume, type ImportSource } from './importBackup';
export { verifyBackup, type VerifyRequest } from './verifyBackup';
export { trialRestore } from './trialRestore';
export { planTidying, tidyDestination, type FoundBackup, type Tidying } from './tidyDestination';
export { checkDestination } from './checkDestination';
export { analyseVolume, type AnalyseRequest } from './analyseVolume';
export { computeSize } from './computeSize';
export { recover, type RecoverySeen } from './recover';
export { whenFree, isRefusal } from './whenFree';
export type { NotUp } from './comingUp';
export type { Host, LongFreeze, OperationSettings, Run, RunProgress, Warning } from './run';
export { stoppedForRestore } from './users';
