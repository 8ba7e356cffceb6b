import { median } from '../figures/quantiles';
import type { TimingRecord } from '../record';
import {
  fitCostModel,
  isModel,
  ownMs,
  predictMs,
  workOf,
  type CostModel,
  type TooLittle,
  type Work,
} from './costModel';

/** What is about to be done. */
export interface Undertaking {
  kind: string;
  volume: string;
  /** For people, as in the records. Absent: that of the volume's newest record. */
  engine?: string | undefined;
  /** Name of it; backups to another place take other times. */
  destination?: string | undefined;
  /** As far as it is known before; else it is taken to be as the last times. */
  work?: Partial<Work> | undefined;
}

export interface Forecast {
  ms: number;
  /** Two of three are no further from it. */
  plusMinusMs: number;
  /** So many records say so. */
  records: number;
}

/** How many of a volume's own last operations say what one on it is like. */
const ownLast = 7;
const fewestOwn = 3;

/** How long it will take, by the history. It never blocks an operation, so that too little data is an answer, too. */
export function forecast(newestFirst: readonly TimingRecord[], about: Undertaking): Forecast | TooLittle {
  const engine = about.engine ?? newestFirst.find(({ volume }) => volume === about.volume)?.engine;
  const alike = newestFirst.filter(
    (record) =>
      record.kind === about.kind && record.engine === engine && record.destination?.name === about.destination,
  );
  const model = fitCostModel(alike);
  const own = alike.filter(({ volume, outcome }) => volume === about.volume && outcome === 'done').slice(0, ownLast);
  const work = workAhead(own, newestFirst, about);
  if (!isModel(model)) return tooFew(model, own);
  if (!work) return { tooLittle: true, records: own.length, needed: 1 };
  const ms = predictMs(model, work) * ownFactor(own, model);
  return { ms, plusMinusMs: ms * model.typicalError, records: model.records };
}

export function isForecast(answer: Forecast | TooLittle | undefined): answer is Forecast {
  return answer !== undefined && !('tooLittle' in answer);
}

/** With too few for a model, a volume's own ones say what the next is like, when they agree. */
function tooFew(model: TooLittle, own: readonly TimingRecord[]): Forecast | TooLittle {
  const times = own.map(ownMs);
  if (times.length < fewestOwn) return model;
  const ms = median(times);
  return { ms, plusMinusMs: median(times.map((each) => Math.abs(each - ms))), records: times.length };
}

/** What is special about a volume, as containers that take long to stop, is in its own records and in no coefficient. */
function ownFactor(own: readonly TimingRecord[], model: CostModel): number {
  if (own.length < fewestOwn) return 1;
  return median(own.map((record) => ownMs(record) / Math.max(1, predictMs(model, workOf(record)))));
}

/** What is known of it; else as the last times; else as many files as another kind of operation has seen there. */
function workAhead(
  own: readonly TimingRecord[],
  all: readonly TimingRecord[],
  { volume, work: known }: Undertaking,
): Work | undefined {
  const seen =
    own.length > 0 ? own : all.filter((each) => each.volume === volume && each.outcome === 'done').slice(0, 1);
  const works = seen.map(workOf);
  const files = known?.files ?? (works.length > 0 ? median(works.map((each) => each.files)) : undefined);
  const bytes = known?.bytes ?? (works.length > 0 ? median(works.map((each) => each.bytes)) : undefined);
  return files === undefined || bytes === undefined ? undefined : { files, bytes };
}
