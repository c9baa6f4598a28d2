import type { AlertKind } from '../host/host-state.js';
import type { JsonObject } from '../model/document.js';
import { serverName } from '../otp/index.js';

/** Something people are to be told of; what the mailer makes of it is its own business (host-lifecycle section 5). */
export interface HostAlert {
  readonly kind: AlertKind;
  readonly host: JsonObject;
  readonly group: JsonObject | undefined;
  /** Hashes that the host should report: the newest of the sets. */
  readonly ipsetHash: string | undefined;
  /** Which reported hashes are not the wanted ones. */
  readonly differing: readonly string[];
}

export type AlertsCast = { readonly type: 'alert'; readonly alert: HostAlert };
export const ALERTS = serverName<never, never, AlertsCast>('mailer');
