import { join } from 'node:path';
import { channelFigures } from '../alerts/channel-figures.js';
import { DeadLetterBox } from '../alerts/dead-letter-box.js';
import { AlertChannelActor } from '../actors/alerts/alert-channel-actor.js';
import { IdleChannelActor } from '../actors/alerts/idle-channel-actor.js';
import type { ServerBase } from '../actors/context.js';
import { supervisorSpec, workerSpec } from '../otp/index.js';
import { openAlertChannels, type OpenChannel } from './open-alert-channels.js';

/** Alerts are told by casts alone, into bounded mailboxes, one per channel: whatever becomes of one, reports go on. */
export function alertsSup(context: ServerBase) {
  const { config, system } = context;
  return supervisorSpec('alerts_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () =>
    openAlertChannels(config, system.clock).map((open) =>
      workerSpec(open.kind.actor, () => channelActor(context, open), { maxQueue: config.alerts.queue_max }),
    ),
  );
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
