/**
 * Faults that tests and the demo can inject.
 * - `silent`: no more reports; the connection and the queues stay.
 * - `talkative`: ends `silent`, `slow` and `malformed`.
 * - `tampered`: a rule is added by hand; the next sample shows it.
 * - `slow`: each message takes this long before it is applied.
 * - `restarts`: the process ends without announcing it and starts again: queues gone, new `force`.
 * - `malformed`: every report from now on is broken in this way.
 */
export type AgentFault =
  | { readonly kind: 'silent' }
  | { readonly kind: 'talkative' }
  | { readonly kind: 'tampered'; readonly rule?: string }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'restarts' }
  | { readonly kind: 'malformed'; readonly how: MalformedReport };

/** `truncated`: cut in the middle; `no_hostkey`; `unknown_type`: an update type that does not exist; `no_term`: JSON. */
export type MalformedReport = 'truncated' | 'no_hostkey' | 'unknown_type' | 'no_term';

/** The rule that `tampered` adds by default. */
export const TAMPERED_RULE = '-A INPUT -s 203.0.113.66/32 -p tcp -m tcp --dport 22 -j ACCEPT';
