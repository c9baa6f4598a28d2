import type { Metrics } from '../metrics/create-metrics.js';
import type { Notice } from './notice.js';

/** Where a channel's work is counted. */
export interface ChannelFigures {
  delivered(notice: Notice): void;
  /** A try failed. */
  failed(): void;
  /** Notices that wait, dead letters that are kept, and whether the receiver is away. */
  standing(now: { readonly waiting: number; readonly dead: number; readonly away: boolean }): void;
}

/** The figures that every channel has, under its name. */
export function channelFigures(metrics: Metrics, name: string, outage: string): ChannelFigures {
  return {
    delivered: ({ carries }) => {
      const alerts = [...carries.values()].reduce((sum, count) => sum + count, 0);
      metrics.count('dog_trainer_alerts_delivered_total', name, alerts);
    },
    failed: () => metrics.count('dog_trainer_alert_failures_total', name),
    standing: ({ waiting, dead, away }) => {
      metrics.gauge('dog_trainer_alerts_waiting', name, waiting);
      metrics.gauge('dog_trainer_alert_dead_letters', name, dead);
      metrics.gauge('dog_trainer_outage', outage, away ? 1 : 0);
    },
  };
}
