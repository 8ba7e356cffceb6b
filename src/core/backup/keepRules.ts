/** By which a backup may stay, from the closest to the widest. */
export const keepRules = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type KeepRule = (typeof keepRules)[number];

/**
 * How many backups of a volume a destination keeps: of each of the last so many hours, days, weeks … that have one, the
 * newest. Without any rule all stay.
 */
export type KeepRules = Partial<Record<KeepRule, number>>;

/**
 * Why a backup stays: by a rule, because it is the newest, which no rule can take, because another one builds on it; because it is not whole,
 * and somebody should look at it; or because nobody knows of which volume it is.
 */
export type Reason = KeepRule | 'newest' | 'needed' | 'broken' | 'unclear';

/** What rules ask for: of `stay` with all reasons; both newest first. */
export interface Sorted<T> {
  stay: { backup: T; because: Reason[] }[];
  go: T[];
}

/** `time` is of the data, `written` of the file: where a clock was wrong, the two disagree on which is the newest. */
export interface Datable {
  time: Date;
  written: Date;
}

/** Sorts the backups of one volume by the rules. Days, weeks, months and years are those of the local calendar. */
export function sortOut<T extends Datable>(backups: readonly T[], rules: KeepRules): Sorted<T> {
  const newestFirst = backups.toSorted((a, b) => b.time.getTime() - a.time.getTime());
  const reasons = new Map<T, Reason[]>(newestFirst.map((backup) => [backup, []]));
  const writtenLast = backups.toSorted((a, b) => b.written.getTime() - a.written.getTime())[0];
  for (const newest of new Set([newestFirst[0], writtenLast])) if (newest) reasons.get(newest)!.push('newest');
  for (const rule of keepRules)
    for (const backup of keptBy(rule, rules[rule] ?? 0, newestFirst)) reasons.get(backup)!.push(rule);
  const isFree = keepRules.every((rule) => rules[rule] === undefined);
  const stays = (backup: T) => isFree || reasons.get(backup)!.length > 0;
  return {
    stay: newestFirst.filter(stays).map((backup) => ({ backup, because: reasons.get(backup)! })),
    go: newestFirst.filter((backup) => !stays(backup)),
  };
}

function keptBy<T extends Datable>(rule: KeepRule, count: number, newestFirst: readonly T[]): T[] {
  const newestOf = new Map<string | number, T>();
  for (const [index, backup] of newestFirst.entries()) {
    if (newestOf.size >= count) break;
    const span = rule === 'last' ? index : spanOf(rule, backup.time);
    if (!newestOf.has(span)) newestOf.set(span, backup);
  }
  return [...newestOf.values()];
}

const hourMs = 3_600_000;

/** What two moments of the same hour, day … have in common. An hour that a clock change repeats is two. */
function spanOf(rule: Exclude<KeepRule, 'last'>, time: Date): string | number {
  const [year, month, day] = [time.getFullYear(), time.getMonth(), time.getDate()];
  switch (rule) {
    case 'hourly':
      return Math.floor(time.getTime() / hourMs);
    case 'daily':
      return `${year}-${month}-${day}`;
    case 'weekly':
      // Of its Monday.
      return new Date(year, month, day - ((time.getDay() + 6) % 7)).toDateString();
    case 'monthly':
      return `${year}-${month}`;
    case 'yearly':
      return year;
  }
}

/** What a person writes: `daily 7, weekly 4`. Throws nothing: undefined is not understood. */
export function parseKeepRules(text: string): KeepRules | undefined {
  const parts = text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter(Boolean);
  const rules: KeepRules = {};
  for (const part of parts) {
    const [, word = '', digits] = /^([a-z]+)\s*[=: ]\s*(\d{1,5})$/i.exec(part) ?? [];
    const rule = keepRules.find((each) => each === word.toLowerCase());
    if (!rule || rules[rule] !== undefined || Number(digits) < 1) return undefined;
    rules[rule] = Number(digits);
  }
  return parts.length > 0 ? rules : undefined;
}

/** As `parseKeepRules` reads it. */
export function formatKeepRules(rules: KeepRules): string {
  return keepRules.flatMap((rule) => (rules[rule] === undefined ? [] : [`${rule} ${rules[rule]}`])).join(', ');
}
