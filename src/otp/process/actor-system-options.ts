import type { Address } from './address.js';
import type { Clock } from './clock.js';
import type { LongMailboxMarks } from './mailboxes.js';
import type { Message } from './message.js';
import type { ReportSink } from './report.js';
import type { TurnPort } from './turn.js';

export interface ActorSystemOptions {
  /** Default: nact. */
  readonly turns?: TurnPort;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: reports are dropped. */
  readonly report?: ReportSink;
  /** Sees every message that nobody will handle, once; may not throw. */
  readonly deadLetter?: (to: Address, message: Message) => void;
  /** Messages from which on a mailbox is reported as long, and down to which it stays so. Default 10000 and 1000. */
  readonly longMailbox?: LongMailboxMarks;
  /** Keep the last ten events of every process from its start (`sys.events`, crash reports). Default false. */
  readonly events?: boolean;
  /** For development: `sys.replaceState` works. Default false. */
  readonly allowReplaceState?: boolean;
}

/** Unless the options say otherwise. */
export const LONG_MAILBOX: LongMailboxMarks = { high: 10_000, low: 1000 };
