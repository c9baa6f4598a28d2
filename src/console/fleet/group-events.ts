/** Kinds of events after which a list of groups may be another one. */
export const GROUP_EVENTS = [
  'host_state',
  'drift_found',
  'drift_mended',
  'ruleset_published',
  'sets_published',
  'compile_failed',
  'compile_recovered',
  'rollout_state',
  'policy_edit',
] as const;
