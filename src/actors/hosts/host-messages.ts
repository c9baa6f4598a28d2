import type { HostReport } from '../../host/host-report.js';

/** A report of this host. The reply comes when what follows from it is stored, or it was refused for good. */
export interface HostCall {
  readonly tag: 'report';
  readonly report: HostReport;
}
export type HostReply = 'done';

import type { HashField } from '../../host/hash-check.js';

/**
 * `check`: the row may have changed otherwise, look at the deadlines. `moved`: its group is another one. `removed`: the
 * row is gone, or has another hostkey. `read_back`: its rules were read from the host, and
 * these hashes of them are not as sent.
 */
export type HostCast =
  | { readonly tag: 'check' | 'moved' | 'removed' }
  | { readonly tag: 'read_back'; readonly differing: readonly HashField[] };
