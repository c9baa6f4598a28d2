import type { HostReport } from '../../host/host-report.js';

/**
 * `report`: one of this host. The reply `done` comes when what follows from it is stored, or it was refused for good.
 * `send_again`: somebody wants it to be sent what it is to have; the reply is what went out.
 */
export type HostCall = { readonly tag: 'report'; readonly report: HostReport } | { readonly tag: 'send_again' };

/** What is on its way to a host. */
export interface HostSent {
  readonly sent: readonly ('ruleset' | 'sets')[];
  /** Why nothing is; null: something is. */
  readonly why: string | null;
}
export type HostReply = 'done' | HostSent;

import type { HashField } from '../../host/hash-check.js';

/**
 * `check`: the row may have changed otherwise, look at the deadlines. `moved`: its group is another one. `removed`: the
 * row is gone, or has another hostkey. `read_back`: its rules were read from the host, and
 * these hashes of them are not as sent.
 */
export type HostCast =
  | { readonly tag: 'check' | 'moved' | 'removed' }
  | { readonly tag: 'read_back'; readonly differing: readonly HashField[] };
