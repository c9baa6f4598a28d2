import { isUnsure, OutcomeWalk } from './decide.js';
import type { Filter, FlatRule } from './filter.js';
import type { Chain } from './packet.js';
import type { Decision, Outcome } from './verdict.js';

/** How often each list of `recent` is looked at: a list that nobody looks at changes nothing. */
export type Lookers = ReadonlyMap<string, number>;

/** How many rules of both chains look at each list. */
export function lookersOf(filter: Filter): Lookers {
  const lookers = new Map<string, number>();
  for (const rules of Object.values(filter.chains)) {
    for (const { limit } of rules) {
      if (limit?.kind === 'recent') lookers.set(limit.name, (lookers.get(limit.name) ?? 0) + 1);
    }
  }
  return lookers;
}

/** Rules that take a packet, in order, up to the one that decides for certain; what `-j RETURN` passes over left out. */
function comesTo(rules: readonly FlatRule[], matching: readonly number[]): readonly FlatRule[] {
  const path: FlatRule[] = [];
  let from = 0;
  for (const at of matching) {
    const rule = rules[at] as FlatRule;
    if (at < from) continue;
    if (rule.effect.kind === 'skip') {
      from = rule.effect.to;
      continue;
    }
    path.push(rule);
    if (rule.effect.kind === 'verdict' && !isUnsure(rule)) break;
  }
  return path;
}

function outcomeKey({ verdict, rejectWith }: Outcome): string {
  return `${verdict} ${rejectWith ?? ''}`;
}

/** What happens to packets that match just these rules of a chain. */
export function decisionFor(filter: Filter, chain: Chain, matching: readonly number[]): Decision {
  const walk = new OutcomeWalk();
  for (const at of matching) {
    if (walk.rule(filter.chains[chain][at] as FlatRule, at)) return walk.decision();
  }
  return walk.end(filter.policies[chain]);
}

/**
 * A string that is equal for two lists of matching rules just when they have the same effect on a packet: the limits
 * that it comes to in order with their verdicts, what they remember of it, and the verdict at the end. A limit whose
 * verdict is also that of all that comes after makes no difference, unless another rule looks at its list.
 * @param lists those of `recent` that count as memory.
 */
export function effectKey(
  filter: Filter,
  chain: Chain,
  matching: readonly number[],
  lookers: Lookers,
  lists: ReadonlySet<string>,
): string {
  const path = comesTo(filter.chains[chain], matching);
  const last = path.at(-1);
  const certain = last?.effect.kind === 'verdict' && !isUnsure(last);
  const end = outcomeKey(certain && last.effect.kind === 'verdict' ? last.effect.outcome : filter.policies[chain]);
  const parts: string[] = [];
  let trailing = true;
  for (const rule of [...(certain ? path.slice(0, -1) : path)].reverse()) {
    const { effect, limit } = rule;
    if (effect.kind === 'mark') {
      const { name, mask, side } = effect.mark;
      if (lists.has(name)) parts.push(`set ${name} ${mask} ${side}`);
    } else if (effect.kind === 'verdict') {
      const own = outcomeKey(effect.outcome);
      const alone = limit?.kind !== 'recent' || !limit.update || lookers.get(limit.name) === 1;
      if (trailing && own === end && alone) continue;
      trailing = false;
      parts.push(`${rule.unsure ? rule.line.text : JSON.stringify(limit)} ${own}`);
    }
  }
  return [end, ...parts].join('; ');
}
