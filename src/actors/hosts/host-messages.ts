import type { HostReport } from '../../host/host-report.js';

/** A report of this host. The reply comes when what follows from it is stored, or it was refused for good. */
export interface HostCall {
  readonly report: HostReport;
}
export type HostReply = 'done';

/**
 * `check`: the row may have changed otherwise, look at the deadlines. `moved`: its group is another one. `removed`: the
 * row is gone, or has another hostkey.
 */
export interface HostCast {
  readonly type: 'check' | 'moved' | 'removed';
}
