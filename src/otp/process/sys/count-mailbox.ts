import type { Fifo } from '../fifo.js';
import type { Message } from '../message.js';
import { kindOfMessage } from './kind-of-message.js';
import type { MailboxCounts } from './mailbox-counts.js';

/** Messages looked at: a crash of a process with a long mailbox must not stop everybody. */
const LOOKED_AT = 1000;

/** Counts what waits, by kind. */
export function countMailbox(mailbox: Fifo<Message>): MailboxCounts {
  const kinds = new Map<string, number>();
  const counted = Math.min(mailbox.length, LOOKED_AT);
  for (let at = 0; at < counted; at++) {
    const message = mailbox.at(at);
    if (message === undefined) continue;
    const kind = kindOfMessage(message);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return { length: mailbox.length, counted, kinds: Object.fromEntries(kinds) };
}
