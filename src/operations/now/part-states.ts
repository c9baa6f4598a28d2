import { type ChannelName, channelState } from '../../actors/alerts/channel-state.js';
import type { BrokerLink } from '../../actors/broker/broker-link.js';
import type { ActorSystem } from '../../otp/index.js';
import type { StoreState } from '../../store/store.js';
import type { AlertPart, PartState } from './now-answers.js';
import type { JournalAnswer } from './publishing-answers.js';

export function connectionPart({
  connection,
  failure,
  trouble,
  changedAt,
}: Pick<BrokerLink, 'connection' | 'failure' | 'trouble' | 'changedAt'>): PartState {
  const since = Math.floor(changedAt / 1000);
  if (connection === undefined) return { state: 'down', since, why: failure ?? 'it is not connected yet' };
  const why = connection.blocked ?? trouble ?? null;
  return { state: why === null ? 'up' : 'troubled', since, why };
}

export function storePart({ up, since, reason, troubles = [] }: StoreState): PartState {
  const at = Math.floor(since / 1000);
  if (!up) return { state: 'down', since: at, why: reason ?? null };
  if (troubles.length === 0) return { state: 'up', since: at, why: null };
  return { state: 'troubled', since: at, why: troubles.map(({ table, reason: why }) => `${table}: ${why}`).join('; ') };
}

/** `configured` false: it has no actor. */
export function alertPart(
  system: Pick<ActorSystem, 'whereis' | 'info'>,
  channel: ChannelName,
  configured = true,
): AlertPart {
  if (!configured) return { state: 'off', since: null, why: null, on: false, waiting: 0 };
  const found = channelState(system, channel);
  if (found === undefined)
    return { state: 'down', since: null, why: 'its actor does not run now', on: true, waiting: 0 };
  const { receiver, reason, waiting } = found;
  const state = receiver === 'away' ? 'down' : receiver;
  return { state, since: null, why: reason ?? null, on: receiver !== 'off', waiting };
}

/** The journal, as far as it is looked at; undefined: there is none. */
export type JournalInSight =
  { state(): { readonly messages: number; readonly bytes: number; readonly failure: string | undefined } } | undefined;

export function journalAnswer(journal: JournalInSight): JournalAnswer {
  if (journal === undefined) return { state: 'off', why: null, messages: 0, bytes: 0 };
  const { messages, bytes, failure } = journal.state();
  return { state: failure === undefined ? 'up' : 'failing', why: failure ?? null, messages, bytes };
}
