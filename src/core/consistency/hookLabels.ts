import { Failure } from '../failure';

/** Labels of a container; of a volume for all containers that write to it and have none of their own. */
export const hookLabel = {
  pre: 'dockervolumes.pre',
  post: 'dockervolumes.post',
  user: 'dockervolumes.user',
  timeout: 'dockervolumes.timeout',
} as const;

const usualTimeoutMs = 30_000;
const longestTimeoutMs = 3_600_000;

export interface Labelled {
  name: string;
  labels: Record<string, string>;
}

export interface LabelledHooks {
  /** Words of a command; empty when a label says that there is none. Both undefined: no label says anything. */
  pre?: string[];
  post?: string[];
  user?: string;
  timeoutMs: number;
}

/** Rejects with labelInvalid, naming the first label that cannot be understood. */
export function labelledHooks(container: Labelled, volumes: readonly Labelled[]): LabelledHooks {
  const places = [container, ...volumes];
  // A command and the one that undoes it belong together, so they come from one place.
  const commands = places.find(({ labels }) => hookLabel.pre in labels || hookLabel.post in labels);
  const pre = commands && read(commands, hookLabel.pre, commandFrom);
  const post = commands && read(commands, hookLabel.post, commandFrom);
  const either = <T>(label: string, parse: (text: string) => T | undefined) => {
    const place = places.find(({ labels }) => label in labels);
    return place && read(place, label, parse);
  };
  const user = either(hookLabel.user, (text) => text.trim() || undefined);
  return {
    ...(pre && { pre }),
    ...(post && { post }),
    ...(user !== undefined && { user }),
    timeoutMs: either(hookLabel.timeout, timeoutFrom) ?? usualTimeoutMs,
  };
}

function read<T>({ name, labels }: Labelled, label: string, parse: (text: string) => T | undefined): T | undefined {
  const text = labels[label];
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value === undefined) throw new Failure('labelInvalid', { label, value: text, on: name });
  return value;
}

/**
 * A JSON array is a command with its arguments; any other text is for the container's shell, as it is. A broken array must
 * not end up there: for a shell `[` is only a command when a space follows it.
 */
export function commandFrom(text: string): string[] | undefined {
  const words = parse(text);
  if (Array.isArray(words)) {
    return words.every((word) => typeof word === 'string') && words[0] !== '' ? words : undefined;
  }
  if (/^\s*\["/.test(text)) return undefined;
  return text.trim() === '' ? [] : ['sh', '-c', text];
}

/** `30`, `30s` or `5m`. */
export function timeoutFrom(text: string): number | undefined {
  const [, count, unit] = /^\s*(\d+)\s*(s|m)?\s*$/.exec(text) ?? [];
  const ms = Number(count) * (unit === 'm' ? 60_000 : 1_000);
  return ms > 0 && ms <= longestTimeoutMs ? ms : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
