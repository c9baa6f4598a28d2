import type { Config } from '../../config/schema.js';
import { type LearntSets, type LeftOut, senderFault, usableSets } from '../../federation/learnt-sets.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { MessageError } from '../../wire/messages/message-error.js';
import { openFederation, readFederation } from '../../wire/messages/federation.js';
import type { Waiting } from './link-messages.js';

export interface LearnNeeds {
  readonly config: Pick<Config, 'links'>;
  readonly metrics: Pick<Metrics, 'count'>;
}

/** What a message of a linked server says, or why nothing of it is taken: one sentence. */
export type Learnt = { readonly sets: LearntSets; readonly leftOut: readonly LeftOut[] } | { readonly refused: string };

/** The JSON of a message, or why it has none. */
export function openMessage({ body }: Waiting, { config }: LearnNeeds): Buffer | { readonly refused: string } {
  const most = config.links.max_message_bytes;
  if (body.byteLength > most)
    return { refused: `it has ${body.byteLength} bytes; at most ${most} are taken (links.max_message_bytes)` };
  return refusing(() => openFederation(body));
}

/** Reads it and sees who sent it. `name`: the link's. */
export function learnSets(name: string, { routingKey }: Waiting, json: Buffer, needs: LearnNeeds): Learnt {
  const said = refusing(() => readFederation(json));
  if ('refused' in said) return said;
  const refused = senderFault(name, routingKey, said.name);
  if (refused !== undefined) return { refused };
  needs.metrics.count('external_ipset_update');
  return usableSets(said, needs.config.links);
}

function refusing<T>(read: () => T): T | { readonly refused: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof MessageError) return { refused: error.message };
    throw error;
  }
}
