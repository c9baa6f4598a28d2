/** How a host stands in a rollout, as people see it (docs/rollout.md#hosts). */
export const ROLLOUT_HOST_STATUSES = ['pending', 'sent', 'ok', 'differs', 'silent', 'exempt'] as const;
export type RolloutHostStatus = (typeof ROLLOUT_HOST_STATUSES)[number];
