import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { COUNTERS, GAUGES, OWN_HISTOGRAMS } from './definitions.js';
import type {
  Definition,
  HistogramName,
  KeyedCounter,
  KeyedGauge,
  KeyOf,
  PlainCounter,
  PlainGauge,
} from './definitions.js';
import { addProcessMetrics } from './process-metrics.js';

/** Keys beyond a metric's limit are counted together under this one. */
export const OTHER_KEY = 'other';

/** Records figures. Never throws and never waits: a figure that makes no sense is dropped. */
export interface Metrics {
  /** Adds to a counter; by default 1. */
  count(name: PlainCounter): void;
  count<N extends KeyedCounter>(name: N, key: KeyOf<(typeof COUNTERS)[N]>, by?: number): void;
  /** Sets a gauge. */
  gauge(name: PlainGauge, value: number): void;
  gauge<N extends KeyedGauge>(name: N, key: KeyOf<(typeof GAUGES)[N]>, value: number): void;
  /** Forgets one key of an open gauge: its actor, say, is gone. */
  forget(name: KeyedGauge, key: string): void;
  observe(name: HistogramName, seconds: number): void;
  /** `collect` runs before each scrape, to set gauges that are cheaper to read than to keep; returns its removal. */
  onScrape(collect: () => void): () => void;
  /** Runs the collectors. The printers call it. */
  collect(): void;
  /** The registry of all metrics. */
  readonly registry: Registry;
}

export interface MetricsOptions {
  /** Different keys a metric may have beside its fixed ones; default 5000. */
  readonly maxKeys?: number;
  /** Also the process's own figures (memory, event loop lag, garbage collection); default false: tests need none. */
  readonly process?: boolean;
}

const LABEL = 'map_key';

/** Makes the registry with every metric of `definitions`, fixed keys at 0. */
export function createMetrics({ maxKeys = 5000, process = false }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const collectors = new Set<() => void>();
  const counters = mapEntries<Definition, Counter>(COUNTERS, (name, definition) => {
    const counter = new Counter({ name, ...metricOptions(definition, registry) });
    for (const key of definition.keys ?? []) counter.inc({ [LABEL]: key }, 0);
    return counter;
  });
  const gauges = mapEntries<Definition, Gauge>(GAUGES, (name, definition) => {
    const gauge = new Gauge({ name, ...metricOptions(definition, registry) });
    for (const key of definition.keys ?? []) gauge.set({ [LABEL]: key }, 0);
    return gauge;
  });
  const histograms = mapEntries(
    OWN_HISTOGRAMS,
    (name, { help, buckets }) => new Histogram({ name, help, buckets: [...buckets], registers: [registry] }),
  );
  if (process) addProcessMetrics(registry);

  const keysOf = mapEntries<Definition, Set<string>>({ ...COUNTERS, ...GAUGES }, (_, { keys }) => new Set(keys ?? []));
  const bounded = (name: string, key: string): string => {
    const known = keysOf.get(name);
    if (known === undefined || known.has(key)) return key;
    if (known.size >= maxKeys) return OTHER_KEY;
    known.add(key);
    return key;
  };

  return {
    registry,
    count(name: string, key?: string, by = 1) {
      // prom-client throws on these; a wrong figure must not disturb the work that it counts.
      if (!(by >= 0) || !Number.isFinite(by)) return;
      if (key === undefined) counters.get(name)?.inc(by);
      else counters.get(name)?.inc({ [LABEL]: bounded(name, key) }, by);
    },
    gauge(name: string, ...rest: readonly unknown[]) {
      const value = rest.at(-1);
      if (typeof value !== 'number') return;
      const gauge = gauges.get(name);
      if (rest.length === 1) return gauge?.set(value);
      const key = bounded(name, String(rest[0]));
      gauge?.set({ [LABEL]: key }, value);
      // Older dashboards know `inactive` as `failure`.
      if (name === 'host_keepalive' && key === 'inactive') gauge?.set({ [LABEL]: 'failure' }, value);
    },
    forget(name, key) {
      gauges.get(name)?.remove({ [LABEL]: key });
      keysOf.get(name)?.delete(key);
    },
    observe(name, seconds) {
      if (Number.isFinite(seconds)) histograms.get(name)?.observe(seconds);
    },
    onScrape(collect) {
      collectors.add(collect);
      return () => void collectors.delete(collect);
    },
    collect() {
      for (const collect of collectors) {
        try {
          collect();
        } catch {
          // The other figures are still collected; the failure is counted.
          counters.get('dog_trainer_scrape_failures_total')?.inc();
        }
      }
    },
  };
}

function metricOptions({ help, keys, open }: Definition, registry: Registry) {
  const keyed = keys !== undefined || open === true;
  return { help, labelNames: keyed ? [LABEL] : [], registers: [registry] };
}

function mapEntries<D, T>(
  table: Readonly<Record<string, D>>,
  make: (name: string, definition: D) => T,
): Map<string, T> {
  return new Map(Object.entries(table).map(([name, definition]) => [name, make(name, definition)]));
}
