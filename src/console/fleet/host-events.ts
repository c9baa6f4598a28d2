/** Kinds of events after which a list of hosts may be another one. */
export const HOST_EVENTS = [
  'host_state',
  'drift_found',
  'drift_mended',
  'ruleset_published',
  'sets_published',
  'policy_edit',
] as const;
