import { join } from 'node:path';
import { AlertChannelActor } from '../../actors/alerts/alert-channel-actor.js';
import { IdleChannelActor } from '../../actors/alerts/idle-channel-actor.js';
import { channelFigures } from '../../alerts/channel-figures.js';
import { DeadLetterBox } from '../../alerts/dead-letter-box.js';
import type { AlertsMakers } from '../../supervisors/alerts-sup.js';
import { openAlertChannels, type OpenChannel } from '../opening/open-alert-channels.js';
import type { ServerBase } from '../state/server-base.js';

export function alertsActors(base: ServerBase): AlertsMakers {
  const { config, system } = base;
  return {
    channels: openAlertChannels(config, system.clock).map((open) => ({
      name: open.kind.actor,
      make: () => channelActor(base, open),
    })),
    maxQueue: config.alerts.queue_max,
  };
}

function channelActor({ config, log, metrics, system }: ServerBase, { kind, channel }: OpenChannel) {
  if (channel === undefined) return new IdleChannelActor({ ...kind, log });
  return new AlertChannelActor({
    channel,
    words: kind,
    to: kind.recipients(config),
    limits: config.alerts,
    clock: system.clock,
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
