export { snapshotVolume, snapshotVolumes, type SnapshotVolumeRequest, type SnapshotVolumesRequest } from './snapshot';
export { restoreSnapshots, restoreToNewVolume, type RestoreRequest, type RestoreResult } from './restore';
export { previewRestore } from './previewRestore';
export { deleteSnapshot } from './deleteSnapshot';
export { causeOfLoss } from './causeOfLoss';
export { computeSize } from './computeSize';
export { recover } from './recover';
export type { NotUp } from './comingUp';
export type { Host, LongFreeze, OperationSettings, Run, RunProgress, Warning } from './run';
