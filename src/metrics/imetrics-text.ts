import type { Metrics } from './create-metrics.js';
import { OLD_COUNTERS, OLD_GAUGES } from './definitions.js';

/** What the imetrics paths can print (docs/metrics.md#paths). */
export type VarzFunction = 'counters' | 'gauges' | 'get' | 'hist';

export const VARZ_FUNCTIONS: readonly VarzFunction[] = ['counters', 'gauges', 'get', 'hist'];

/**
 * The Erlang server's metrics in the text format of imetrics: one line per name, `NAME VALUE` or
 * `NAME KEY:VALUE KEY:VALUE ...`, names and keys sorted bytewise, lines ended by LF. None of them is a histogram.
 */
export async function imetricsText(metrics: Metrics, what: VarzFunction): Promise<string> {
  metrics.collect();
  const counters = what === 'counters' || what === 'get' ? await section(metrics, OLD_COUNTERS) : '';
  const gauges = what === 'gauges' || what === 'get' ? await section(metrics, OLD_GAUGES) : '';
  return counters + gauges;
}

async function section(metrics: Metrics, definitions: Readonly<Record<string, unknown>>): Promise<string> {
  const lines: string[] = [];
  for (const name of Object.keys(definitions).sort(bytewise)) {
    const data = await metrics.registry.getSingleMetric(name)?.get();
    const points = (data?.values ?? []).map(({ labels, value }) => ({ key: labels['map_key'], value }));
    if (points.length === 0) continue;
    const [first] = points;
    if (first !== undefined && first.key === undefined) lines.push(`${name} ${number(first.value)}\n`);
    else lines.push(`${name} ${pairs(points)}\n`);
  }
  return lines.join('');
}

function pairs(points: readonly { readonly key: string | number | undefined; readonly value: number }[]): string {
  // Two keys may look alike once cleaned; their figures are added up, so that no key appears twice in a line.
  const sums = new Map<string, number>();
  for (const { key, value } of points) {
    const clean = cleanKey(String(key));
    sums.set(clean, (sums.get(clean) ?? 0) + value);
  }
  return [...sums]
    .sort(([a], [b]) => bytewise(a, b))
    .map(([key, value]) => `${key}:${number(value)}`)
    .join(' ');
}

/** A key that cannot break its line: blanks, colons and control characters become `_`. */
export function cleanKey(key: string): string {
  return key === '' ? '_' : key.replace(/[\s:\p{Cc}\p{Cf}]/gu, '_');
}

/** Whole numbers in decimal; others with up to six decimals, trailing zeros cut, at least one left. */
function number(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  return value.toFixed(6).replace(/(\.\d+?)0+$/, '$1');
}

function bytewise(a: string, b: string) {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
