import { hrefOf } from './route.js';

/** Where a rule is, as sources of lines say it (docs/http-api.md#explain-and-reach). `index`: from 0; addresses count from 1. */
export interface RulePlace {
  readonly ruleset?: string;
  readonly profile?: string;
  readonly direction?: string;
  readonly index?: number;
}

/** The address of a rule in the page of its profile; undefined: it is no place of a rule. */
export function ruleHref({ ruleset, profile, direction, index }: RulePlace): string | undefined {
  if (direction === undefined || index === undefined) return undefined;
  const query = { direction, rule: index + 1 };
  if (profile !== undefined) return hrefOf(['policy', 'profiles', profile], query);
  // That page looks up whose rules they are.
  return ruleset === undefined ? undefined : hrefOf(['policy', 'rulesets', ruleset], query);
}
