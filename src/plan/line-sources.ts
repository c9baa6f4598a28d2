import type { Family } from '../firewall/addresses/family.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import { type TracedText, traceGroup } from '../firewall/policy/trace-group.js';
import type { JsonObject } from '../model/document.js';
import type { RulesetType } from '../model/ruleset-variants.js';
import { isList, isObject } from '../model/validate.js';
import { fleetIndex } from './fleet-index.js';

/** Where lines of groups' texts come from: the compiler itself says so. One for each question. */
export class LineSources {
  readonly #policy: Policy;
  readonly #dialect: Dialect;
  readonly #traced = new Map<string, TracedText | undefined>();

  constructor(policy: Policy, dialect: Dialect) {
    this.#policy = policy;
    this.#dialect = dialect;
  }

  /**
   * Of a line (from 1; null: the chain's policy) of the text that hosts of a group (by name) have. `former`: policy makes
   * another text by now, so that nobody can say which rule the line came from.
   */
  *of(group: string, family: Family, text: string, lineNumber: number | null): Generator<void, JsonObject> {
    if (lineNumber === null) return { fixed: 'policy' };
    const row = fleetIndex(this.#policy).groupByName(group);
    const traced = row === undefined ? undefined : yield* this.traced(row.id, family);
    return traced === undefined || traced.text !== text ? { former: true } : sourceIn(traced, lineNumber);
  }

  /** What a group (by id) compiles to today, by default with sets, traced; undefined: it does not compile. */
  *traced(groupId: string, family: Family, type: RulesetType = 'ipsets'): Generator<void, TracedText | undefined> {
    const key = `${type} ${family} ${groupId}`;
    if (!this.#traced.has(key)) {
      const traced = yield* traceGroup(this.#policy, groupId, [family], this.#dialect, type);
      this.#traced.set(key, traced?.[family]);
    }
    return this.#traced.get(key);
  }
}

/** The source of a line of a traced text. */
export function sourceIn(traced: TracedText, lineNumber: number | null): JsonObject {
  if (lineNumber === null) return { fixed: 'policy' };
  const origin = traced.origins[lineNumber - 1];
  if (origin === null || origin === undefined) return { fixed: 'skeleton' };
  const { direction, index } = origin;
  return { [traced.table]: traced.document.id, direction, index, comment: commentOf(traced, direction, index) };
}

function commentOf({ document }: TracedText, direction: string, index: number): string {
  const rules = isObject(document.rules) ? document.rules[direction] : undefined;
  const rule = isList(rules) ? rules[index] : undefined;
  return isObject(rule) && typeof rule.comment === 'string' ? rule.comment : '';
}
