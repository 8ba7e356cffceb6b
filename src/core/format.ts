/** Numbers, sizes, durations and ages for people, in one locale. Knows no VS Code, so that the webview uses it too. */
export interface Format {
  /** `34 MB`: decimal units, as Docker itself shows sizes. */
  bytes: (bytes: number) => string;
  /** `0.21 s`, `12 s`, `2 min 5 s`. */
  duration: (ms: number) => string;
  /** `now`, `3 min. ago`; a time in the future (the engine's clock is ahead) is `now`. */
  age: (time: Date, now: Date) => string;
  /** `Nov 22, 2026, 2:03:04 PM` */
  time: (time: Date) => string;
  /** The same with its zone, for who reads it elsewhere: `Nov 22, 2026, 2:03:04 PM GMT+1` */
  zoned: (time: Date) => string;
  /** `2:03:04 PM` today, `11/21/26, 2:03 PM` on other days: for columns. */
  moment: (time: Date, now: Date) => string;
  /** `20,131` */
  count: (count: number) => string;
  /** `43%`, of a share between 0 and 1. */
  percent: (share: number) => string;
  /** `web, db, cache` */
  list: (items: readonly string[]) => string;
}

/** SI symbols, which are the same in all languages. */
const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

const ageUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export function createFormat(locale: string): Format {
  const counts = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent' });
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const zonedTimes = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
  const timesOfDay = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short' });
  const ages = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const lists = new Intl.ListFormat(locale, { type: 'unit', style: 'short' });

  // Making one takes far longer than using it.
  const roundings = [0, 1, 2].map((maximumFractionDigits) => new Intl.NumberFormat(locale, { maximumFractionDigits }));

  function rounded(value: number, maximumFractionDigits: 0 | 1 | 2): string {
    return roundings[maximumFractionDigits]!.format(value);
  }

  return {
    bytes(bytes) {
      const power = bytes < 1_000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
      const value = bytes / 1_000 ** power;
      return `${rounded(value, value < 10 ? 1 : 0)} ${byteUnits[power]}`;
    },
    duration(ms) {
      const seconds = Math.max(0, ms) / 1_000;
      if (seconds < 60) return `${rounded(seconds, seconds < 1 ? 2 : seconds < 10 ? 1 : 0)} s`;
      const whole = Math.round(seconds);
      return `${rounded(Math.floor(whole / 60), 0)} min ${whole % 60} s`;
    },
    age(time, now) {
      const seconds = (now.getTime() - time.getTime()) / 1_000;
      const [name, length] = ageUnits.find(([, length]) => seconds >= length) ?? ['second', Infinity];
      // "-0", for RelativeTimeFormat puts plain 0 in the future: "in 0 seconds".
      return ages.format(-Math.floor(Math.max(0, seconds) / length), name);
    },
    time: (time) => times.format(time),
    zoned: (time) => zonedTimes.format(time),
    moment: (time, now) =>
      time.toDateString() === now.toDateString() ? timesOfDay.format(time) : moments.format(time),
    count: (count) => counts.format(count),
    percent: (share) => percents.format(Math.min(1, Math.max(0, share))),
    list: (items) => lists.format(items),
  };
}
