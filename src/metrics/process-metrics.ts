import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { LoopLag, type LagFigures } from './loop-lag.js';

const PREFIX = 'dog_trainer_';

/** What prom-client tells of the loop's delay, word for word. */
const LAG_HELP: Readonly<Record<keyof LagFigures, string>> = {
  min: 'The minimum recorded event loop delay.',
  max: 'The maximum recorded event loop delay.',
  mean: 'The mean of the recorded event loop delays.',
  stddev: 'The standard deviation of the recorded event loop delays.',
  p50: 'The 50th percentile of the recorded event loop delays.',
  p90: 'The 90th percentile of the recorded event loop delays.',
  p99: 'The 99th percentile of the recorded event loop delays.',
};

/** As good as never, in Node's largest number of milliseconds. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * The process's own figures: memory, garbage collection, event loop lag (docs/metrics.md#the-process). prom-client's own watch
 * over the loop wakes the process a hundred times a second at rest as well: `LoopLag` is in its place.
 */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, prefix: PREFIX, eventLoopMonitoringPrecision: NEVER_MS });
  const lag = new LoopLag();
  const gauges = new Map<keyof LagFigures, Gauge>();
  const collect = (): void => {
    const figures = lag.take();
    if (figures !== undefined) for (const [which, gauge] of gauges) gauge.set(figures[which]);
  };
  for (const which of Object.keys(LAG_HELP) as (keyof LagFigures)[]) {
    const name = `${PREFIX}nodejs_eventloop_lag_${which}_seconds`;
    registry.removeSingleMetric(name);
    // The first that is asked collects for all.
    const first = gauges.size === 0 ? { collect } : {};
    gauges.set(which, new Gauge({ name, help: LAG_HELP[which], registers: [registry], ...first }));
  }
}
