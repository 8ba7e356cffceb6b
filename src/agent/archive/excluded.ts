import picomatch from 'picomatch';
import type { Exclusion } from '../../core/backup/backupManifest';
import type { Entry } from '../../core/entry';
import { parentOf } from '../../core/plan';

/** Names are bytes: a pattern is compared byte for byte, and a newline is one like any other. */
const options = { dot: true, nonegate: true, strictSlashes: true, windows: false, flags: 's' };

export interface Sorted {
  kept: Entry[];
  exclusion: Exclusion | undefined;
}

/**
 * The entries of a snapshot without those that patterns leave out, and all that is below these. A pattern without a slash is one
 * of names, at any depth; one with a slash is one of paths from the root; with a slash at its end, it means folders only.
 * The root folder itself stays.
 */
export function withoutExcluded(entries: readonly Entry[], patterns: readonly string[]): Sorted {
  if (patterns.length === 0) return { kept: [...entries], exclusion: undefined };
  const matchers = patterns.map(matcher);
  const out = new Set<string>();
  const kept: Entry[] = [];
  const exclusion: Exclusion = { patterns: [...patterns], entries: 0, files: 0, bytes: 0 };
  for (const entry of entries) {
    const { path, type } = entry;
    if (path === '' || (!out.has(parentOf(path)) && !matchers.some((matches) => matches(entry)))) kept.push(entry);
    else {
      if (type === 'directory') out.add(path);
      exclusion.first ??= path;
      exclusion.entries++;
      if (type === 'file') exclusion.files++;
      exclusion.bytes += entry.size;
    }
  }
  return { kept, exclusion };
}

function matcher(pattern: string): (entry: Entry) => boolean {
  const onlyFolders = pattern.endsWith('/');
  const ofPath = Buffer.from(pattern.replace(/\/+$/, ''), 'utf8').toString('latin1');
  const matches = picomatch(ofPath.replace(/^\/+/, ''), options);
  const ofName = !ofPath.includes('/');
  return ({ path, type }) =>
    (!onlyFolders || type === 'directory') && matches(ofName ? path.slice(path.lastIndexOf('/') + 1) : path);
}
