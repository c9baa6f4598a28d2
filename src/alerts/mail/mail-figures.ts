import type { Metrics } from '../../metrics/create-metrics.js';
import type { ChannelFigures } from '../channel-figures.js';

/** The figures of mail that dashboards know (docs/metrics.md). */
export function mailFigures(metrics: Metrics): ChannelFigures {
  return {
    delivered: ({ carries }) => {
      for (const [kind, count] of carries) metrics.count('alert', kind, count);
    },
    failed: () => metrics.count('dog_trainer_mail_failures_total'),
    standing: ({ waiting, dead }) => {
      metrics.gauge('dog_trainer_mail_waiting', waiting);
      metrics.gauge('dog_trainer_mail_dead_letters', dead);
    },
  };
}
