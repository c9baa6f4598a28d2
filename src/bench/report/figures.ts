import { median, percentile, ratioOf, type Bound, type Row, type Unit } from '../row.js';

/** Three significant figures, as `12,300`, `4.56` or `0.0123`. */
export function figure(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

const SUFFIX: Readonly<Record<Unit, string>> = {
  ms: ' ms',
  MB: ' MB',
  'per second': ' a second',
  count: '',
  times: ' ×',
};

export function withUnit(value: number, unit: Unit): string {
  return `${figure(value)}${SUFFIX[unit]}`;
}

/** Median and range, as `12.3 ms (11.9 to 14)`. */
export function medianAndRange(samples: readonly number[], unit: Unit): string {
  const middle = withUnit(median(samples), unit);
  if (samples.length === 1) return middle;
  return `${middle} (${figure(Math.min(...samples))} to ${figure(percentile(samples, 100))})`;
}

/** As `≤ 5 ×` or `≥ 2,000 a second`; empty without a bound. */
export function boundText({ bound, unit }: Row): string {
  if (bound === undefined) return '';
  return `${sign(bound)} ${withUnit(bound.limit, bound.of === 'ratio' ? 'times' : unit)}`;
}

/** As `2.31 ×`; empty without a floor. */
export function ratioText(row: Row): string {
  const ratio = ratioOf(row);
  return ratio === undefined ? '' : withUnit(ratio, 'times');
}

function sign({ at }: Bound): string {
  return at === 'most' ? '≤' : '≥';
}
