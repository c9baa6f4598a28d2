/**
 * Trouble to order.
 * - `silent`: no more reports; the connection and the queues stay.
 * - `talkative`: ends `silent`, `slow` and `malformed`.
 * - `tampered`: somebody adds a rule by hand; the next sample shows it.
 * - `slow`: each message takes this long before it is applied.
 * - `restarts`: the process ends without a word and starts again: queues gone, new `force`.
 * - `malformed`: every report from now on is broken in this way.
 */
export type AgentFault =
  | { readonly kind: 'silent' }
  | { readonly kind: 'talkative' }
  | { readonly kind: 'tampered'; readonly rule?: string }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'restarts' }
  | { readonly kind: 'malformed'; readonly how: MalformedReport };

/** `truncated`: cut in the middle; `no_hostkey`; `unknown_type`: an update type that there is not; `no_term`: JSON. */
export type MalformedReport = 'truncated' | 'no_hostkey' | 'unknown_type' | 'no_term';

/** The rule that a tampering hand adds, unless told otherwise. */
export const TAMPERED_RULE = '-A INPUT -s 203.0.113.66/32 -p tcp -m tcp --dport 22 -j ACCEPT';
