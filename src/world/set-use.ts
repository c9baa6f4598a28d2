/** Which sets rulesets in use name. */
export interface SetUse {
  /** Full names of the sets that any last good ruleset names, and the names of some groups whose rulesets do. */
  readonly users: ReadonlyMap<string, readonly string[]>;
  /** False while not every group's last good ruleset is known: any set may still be in use. */
  readonly certain: boolean;
}

export const NOT_USED: SetUse = { users: new Map(), certain: true };
