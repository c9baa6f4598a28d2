/** Kinds of events after which the rules and sets of a group may be others. */
export const LINE_EVENTS = [
  'ruleset_published',
  'sets_published',
  'policy_edit',
  'compile_failed',
  'compile_recovered',
  'rollout_state',
] as const;
