import type { KeptMessage, RefusedMessages } from '../actors/intake/refused-messages.js';
import type { Log } from '../log/log.js';
import type { ActorSystem } from '../otp/index.js';
import type { Store } from '../store/store.js';
import type { RefusedLine, RefusedList, RefusedMessage } from './refused-answers.js';
import { shownBody } from './shown-body.js';

/** Messages that were refused, and discarding them. */
export interface RefusedPort {
  list(): RefusedList;
  /** Undefined: there is none, or no longer. */
  get(id: string): RefusedMessage | undefined;
  /**
   * Forgets one of them; the audit trail has who did. False: there is none, or no longer. Rejects with StoreError, and
   * nothing is forgotten, where that can not be written down.
   */
  discard(id: string, author: string): Promise<boolean>;
  /** Forgets all that there are now, likewise. */
  discardAll(author: string): Promise<void>;
}

export interface RefusedPortNeeds {
  readonly system: Pick<ActorSystem, 'clock'>;
  readonly store: Pick<Store, 'commit'>;
  readonly log: Pick<Log, 'info'>;
  readonly refusedMessages: Pick<RefusedMessages, 'list' | 'get' | 'discard' | 'total'>;
}

/** Row of table `setting` that holds the last discarding; each earlier one is in the audit trail. */
const SETTING = 'refused_discarded';

export function refusedPort({ system, store, log, refusedMessages }: RefusedPortNeeds): RefusedPort {
  const discard = async (messages: readonly KeptMessage[], author: string): Promise<void> => {
    const [first] = messages;
    if (first === undefined) return;
    const doc = {
      id: SETTING,
      // Two discardings never are the same row, so each is in the audit trail.
      message: first.id,
      messages: messages.length,
      ...(messages.length === 1 ? { from: first.hostkey ?? null, reason: first.reason } : {}),
      author,
      at: Math.floor(system.clock.now() / 1000),
    };
    await store.commit([{ op: 'upsert', table: 'setting', id: SETTING, edit: () => doc }], { author });
    for (const { id } of messages) refusedMessages.discard(id);
    log.info({ author, messages: messages.length }, 'refused messages are discarded');
  };
  return {
    list() {
      const messages = refusedMessages.list().map(lineOf);
      return { total: refusedMessages.total, kept: messages.length, messages };
    },
    get(id) {
      const kept = refusedMessages.get(id);
      return kept && { ...lineOf(kept), ...shownBody(kept.body, kept.bytes) };
    },
    async discard(id, author) {
      const kept = refusedMessages.get(id);
      if (kept === undefined) return false;
      await discard([kept], author);
      return true;
    },
    discardAll: (author) => discard(refusedMessages.list(), author),
  };
}

function lineOf({ id, at, queue, reason, detail, hostkey, bytes }: KeptMessage): RefusedLine {
  return {
    id,
    at: Math.floor(at / 1000),
    queue,
    kind: reason === 'not_handled' ? 'dead letter' : 'report',
    from: hostkey ?? null,
    reason,
    detail,
    bytes,
  };
}
