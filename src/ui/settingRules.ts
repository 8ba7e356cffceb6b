import { isPattern } from '../core/backup/exclude';
import { consistencies } from '../core/consistency/level';
import type { Consistency } from '../core/snapshotEntry';

/** What a setting may be. VS Code underlines any other value in the editor, and hands it out all the same. */
interface Rule<T> {
  otherwise: T;
  accepts: (value: unknown) => boolean;
  /** For the log. */
  expected: string;
}

/** As package.json says it: a test compares the two. */
export const settingRules = {
  engine: text(''),
  agentImage: text('node:24-slim'),
  consistency: oneOf<Consistency>('paused', consistencies),
  groupByComposeProject: yesOrNo(true),
  freezeBudgetSeconds: number(10, 1, 600),
  stopGraceSeconds: number(3, 0, 600),
  healthWaitSeconds: number(60, 0, 3_600),
  'safetySnapshots.keepDays': number(7, 1, 3_650),
  'safetySnapshots.keepCount': whole(number(10, 1, 10_000)),
  'safetySnapshots.maxDays': number(60, 1, 36_500),
  'trash.keepDays': number(30, 1, 3_650),
  'standby.everyMinutes': whole(number(15, 0, 10_080)),
  'backup.level': whole(number(3, 1, 19)),
  'backup.fullEvery': whole(number(7, 1, 100)),
  'backup.exclude': texts(isPattern, 'a list of patterns'),
  destinations: list(),
  'timings.limit': whole(number(2_000, 1, 100_000)),
};

export type SettingName = keyof typeof settingRules;
export type SettingValue<Name extends SettingName> = (typeof settingRules)[Name]['otherwise'];

/** The value, or the default where it cannot be used. */
export function usable<Name extends SettingName>(name: Name, value: unknown): SettingValue<Name> {
  const { accepts, otherwise }: Rule<unknown> = settingRules[name];
  return (accepts(value) ? value : otherwise) as SettingValue<Name>;
}

/** Why a value cannot be used; undefined when it can, or when there is none. */
export function problemOf(name: SettingName, value: unknown): string | undefined {
  const { accepts, otherwise, expected }: Rule<unknown> = settingRules[name];
  if (value === undefined || accepts(value)) return undefined;
  const found = typeof value === 'object' ? 'what it is' : JSON.stringify(value).slice(0, 80);
  return `dockerVolumes.${name}: ${found} is not ${expected}; ${JSON.stringify(otherwise)} is used`;
}

function text(otherwise: string): Rule<string> {
  return { otherwise, accepts: (value) => typeof value === 'string', expected: 'a text' };
}

/** What is in it is looked at by whoever uses it. */
function list(): Rule<readonly unknown[]> {
  return { otherwise: [], accepts: (value) => Array.isArray(value), expected: 'a list' };
}

function texts(accepts: (text: unknown) => boolean, expected: string): Rule<readonly string[]> {
  return { otherwise: [], accepts: (value) => Array.isArray(value) && value.every(accepts), expected };
}

function yesOrNo(otherwise: boolean): Rule<boolean> {
  return { otherwise, accepts: (value) => typeof value === 'boolean', expected: 'true or false' };
}

function oneOf<T extends string>(otherwise: T, all: readonly T[]): Rule<T> {
  return { otherwise, accepts: (value) => all.some((each) => each === value), expected: `one of ${all.join(', ')}` };
}

function number(otherwise: number, from: number, to: number): Rule<number> {
  return {
    otherwise,
    accepts: (value) => typeof value === 'number' && value >= from && value <= to,
    expected: `a number from ${from} to ${to}`,
  };
}

function whole({ otherwise, accepts, expected }: Rule<number>): Rule<number> {
  return {
    otherwise,
    accepts: (value) => accepts(value) && Number.isInteger(value),
    expected: expected.replace('a number', 'a whole number'),
  };
}
