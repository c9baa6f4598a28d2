/** In what a row's figures are; `ratio`: times as much as the floor, where only that is of interest. */
export type Unit = 'ms' | 'per second' | 'MB' | 'count' | 'times';

/** What a row must keep to (docs/performance.md). `ratio`: work against floor; `value`: the median of the work itself. */
export interface Bound {
  readonly of: 'ratio' | 'value';
  readonly at: 'most' | 'least';
  readonly limit: number;
}

/** What one row of the table saw: at least one sample, in the order in which they were taken. */
export interface Row {
  /** Unique; also its name in the JSON and among the bounds. */
  readonly name: string;
  readonly unit: Unit;
  readonly work: readonly number[];
  /** The least that anyone would need for it, or a peer's figures; taken by turns with the work, in the same unit. */
  readonly floor?: { readonly what: string; readonly samples: readonly number[] };
  readonly bound?: Bound;
  /** For a plot of growth: of which line this row is a point, and how much there was of what. */
  readonly growth?: { readonly line: string; readonly of: string; readonly amount: number };
}

/** The middle one; of an even number the upper of both. */
export function median(samples: readonly number[]): number {
  return percentile(samples, 50);
}

/** By nearest rank. @param percent - above 0 up to 100 */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  if (sorted.length === 0) throw new RangeError('there is no sample');
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))] as number;
}

/** The medians divided: of times, how many times the floor; undefined without a floor. */
export function ratioOf(row: Row): number | undefined {
  return row.floor === undefined ? undefined : median(row.work) / median(row.floor.samples);
}

/** Whether the row keeps to its bound; undefined where it has none. */
export function keepsBound(row: Row): boolean | undefined {
  if (row.bound === undefined) return undefined;
  const figure = row.bound.of === 'ratio' ? ratioOf(row) : median(row.work);
  if (figure === undefined) throw new Error(`${row.name}: a bound on a ratio needs a floor`);
  return row.bound.at === 'most' ? figure <= row.bound.limit : figure >= row.bound.limit;
}
