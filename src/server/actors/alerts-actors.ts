import { join } from 'node:path';
import { AlertChannelActor } from '../../actors/alerts/alert-channel-actor.js';
import { IdleChannelActor } from '../../actors/alerts/idle-channel-actor.js';
import { channelFigures } from '../../alerts/channel-figures.js';
import { DeadLetterBox } from '../../alerts/dead-letter-box.js';
import type { GenServer } from '../../otp/index.js';
import type { AlertsMakers } from '../../supervisors/alerts-sup.js';
import { openAlertChannels, type OpenChannel } from '../opening/open-alert-channels.js';
import type { ServerBase } from '../state/server-base.js';

type AlertsBase = Pick<ServerBase, 'clock' | 'config' | 'metrics' | 'log'>;

/** One per open channel. */
export function alertsActors(base: AlertsBase): AlertsMakers {
  const { config, clock } = base;
  return {
    channels: openAlertChannels(config, clock).map(({ kind }, at) => ({
      id: kind.actor,
      // Opened anew for each incarnation: a channel that brought its actor down is not used again.
      make: () => channelActor(base, openAlertChannels(config, clock)[at] as OpenChannel),
    })),
    maxQueue: config.alerts.queue_max,
  };
}

function channelActor({ clock, config, metrics, log }: AlertsBase, { kind, channel }: OpenChannel): GenServer {
  if (channel === undefined) return new IdleChannelActor({ ...kind, log });
  return new AlertChannelActor({
    channel,
    words: kind,
    to: kind.recipients(config),
    limits: config.alerts,
    clock,
    log,
    figures: [
      channelFigures(metrics, kind.name, kind.outage),
      ...(kind.figures === undefined ? [] : [kind.figures(metrics)]),
    ],
    deadLetters: new DeadLetterBox({
      path: config.store.path === ':memory:' ? undefined : join(config.data_dir, kind.deadLetters),
      max: config.alerts.dead_letters_max,
      log,
    }),
    random: Math.random,
  });
}
