/** Hosts of a group that a change in steps gave newer rules than the group has (docs/rollout.md): what is told of the group is not about them. */
export type HostsAhead = {
  readonly group: string;
  /** The id of the rollout. */
  readonly rollout: string;
  /** Names, at most 20. */
  readonly hosts: readonly string[];
  readonly host_count: number;
};

/** Names in one answer. */
export const MOST_AHEAD_NAMED = 20;
