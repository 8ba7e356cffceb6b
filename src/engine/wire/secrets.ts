import { hiddenSecret } from '../../core/newVolumeSpec';
import { withoutCredentials } from '../connection/endpoint';

const hidden = hiddenSecret;
const secretName = String.raw`[\w.-]*(?:pass|secret|token|cred|key)[\w.-]*`;
const nameOnly = new RegExp(`^${secretName}$`, 'i');
/** A doubled comma stands for one in the value. */
const inMountOptions = new RegExp(`((?:^|,)\\s*${secretName}\\s*=)(?:[^,]|,,)*`, 'gi');
/** It has to be seen that there was one: what is made again without it is another volume. */
const inAddresses = /\/\/[^/\s@]*@/g;
/** In a sentence, a value may be followed by `: permission denied`. */
const inWords = new RegExp(`(\\b${secretName}=)(?:(?!: |["'])[^,])*`, 'gi');

/**
 * Options of a volume may hold the password of a network share, as one of their own or inside of `o`. Nothing here needs
 * it, and what we keep of a volume (snapshots, timings, logs) is read by more people than may know it.
 */
export function withoutSecrets(options: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, nameOnly.test(name) ? hidden : masked(value)]),
  );
}

/** A path is where the data lies: it is compared with others. */
function masked(value: string): string {
  if (/^\/(?!\/)/.test(value)) return value;
  return value.replace(inMountOptions, `$1${hidden}`).replace(inAddresses, `//${hidden}@`);
}

/** An engine that cannot mount a share repeats its options. */
export function wordsWithoutSecrets(words: string): string {
  return withoutCredentials(words.replace(inWords, `$1${hidden}`));
}
