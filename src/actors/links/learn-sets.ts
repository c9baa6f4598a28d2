import type { Config } from '../../config/schema.js';
import { type LearntSets, type LeftOut, senderFault, usableSets } from '../../federation/learnt-sets.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { MessageError } from '../../wire/messages/message-error.js';
import { type FederatedSets, openFederation, readFederationInSteps } from '../../wire/messages/federation.js';
import type { Waiting } from './link-messages.js';

export interface LearnNeeds {
  readonly config: Pick<Config, 'links'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

interface Refused {
  readonly refused: string;
}

/** What a message of a linked server says, or why nothing of it is taken: one sentence. */
export type Learnt = { readonly sets: LearntSets; readonly leftOut: readonly LeftOut[] } | Refused;

/** The JSON of a message, or why it has none. */
export function openMessage({ body }: Waiting, { config }: LearnNeeds): Buffer | Refused {
  const most = config.links.max_message_bytes;
  if (body.byteLength > most)
    return { refused: `it has ${body.byteLength} bytes; at most ${most} are taken (links.max_message_bytes)` };
  return refusing(() => openFederation(body));
}

/** Reads it, with pauses, and sees who sent it. `name`: the link's. */
export function* learnSets(
  name: string,
  { routingKey }: Waiting,
  json: Buffer,
  needs: LearnNeeds,
): Generator<void, Learnt> {
  const said = yield* read(json);
  if ('refused' in said) return said;
  const fault = senderFault(name, routingKey, said.name);
  if (fault !== undefined) return { refused: fault };
  needs.metrics.count('external_ipset_update');
  return usableSets(said, needs.config.links);
}

function* read(json: Buffer): Generator<void, FederatedSets | Refused> {
  try {
    return yield* readFederationInSteps(json);
  } catch (error) {
    return refused(error);
  }
}

function refusing<T>(read: () => T): T | Refused {
  try {
    return read();
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): Refused {
  if (error instanceof MessageError) return { refused: error.message };
  throw error;
}
