import type { Analysis } from './analysis';

/** An analysis as a message brought it. */
export function isAnalysis(value: unknown): value is Analysis {
  if (!isObject(value)) return false;
  const { largestFolders, largestFiles, bySize, byAge, differences } = value;
  return (
    ['files', 'folders', 'bytes'].every((name) => Number.isFinite(value[name])) &&
    areSized(largestFolders) &&
    areSized(largestFiles) &&
    areBuckets(bySize) &&
    areBuckets(byAge) &&
    (differences === undefined || areDifferences(differences))
  );
}

function areDifferences(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { added, changed, removed, folders, files } = value;
  return (
    [added, changed, removed].every((sum) => hasNumbers(sum)) &&
    areSized(folders) &&
    areSized(files) &&
    (files as Record<string, unknown>[]).every(({ how }) => typeof how === 'string')
  );
}

function areSized(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => hasNumbers(each) && typeof each['path'] === 'string');
}

function areBuckets(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((each) => hasNumbers(each) && (each['below'] === undefined || Number.isFinite(each['below'])))
  );
}

function hasNumbers(value: unknown): value is Record<string, unknown> {
  return isObject(value) && Number.isFinite(value['files']) && Number.isFinite(value['bytes']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
