import type { GroupFindings, RuleFinding } from './rule-findings.js';

/** A finding, and the groups that have it. */
export interface SharedFinding {
  readonly finding: RuleFinding;
  readonly groups: string[];
}

/**
 * Findings of groups: what several have of one document is told once, and no more are kept than are told. A finding
 * names its document, so that only groups of one document are compared.
 */
export class SharedFindings {
  readonly #most: number;
  /** Findings of documents that several groups have, by what they say. */
  readonly #known = new Map<string, SharedFinding>();
  /** In the order in which they were first met. */
  readonly told: SharedFinding[] = [];
  leftOff = 0;

  /** @param most how many are told */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param alone no other group has the rules of this one */
  add({ name, rules }: GroupFindings, alone: boolean): void {
    for (const finding of rules) {
      const key = alone ? undefined : JSON.stringify(finding);
      const same = key === undefined ? undefined : this.#known.get(key);
      if (same !== undefined) {
        same.groups.push(name);
        continue;
      }
      const one = { finding, groups: [name] };
      if (key !== undefined) this.#known.set(key, one);
      if (this.told.length < this.#most) this.told.push(one);
      else this.leftOff += 1;
    }
  }
}
