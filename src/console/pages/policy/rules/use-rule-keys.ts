import { useRef } from 'preact/hooks';
import type { JsonObject } from '../../../../model/document.js';

/** Keys of rules, which have no ids: a rule keeps its key while it is moved and changed here. */
export interface RuleKeys {
  readonly all: readonly string[];
  readonly fresh: () => string;
  /** The keys of the list that is shown next. */
  readonly set: (rules: readonly JsonObject[], keys: readonly string[]) => void;
}

let count = 0;

export function useRuleKeys(rules: readonly JsonObject[]): RuleKeys {
  const known = useRef<{ rules: readonly JsonObject[]; keys: readonly string[] }>({ rules: [], keys: [] });
  const fresh = () => `rule-${++count}`;
  const { current } = known;
  if (current.rules !== rules) {
    // Another list than the one that was set here: equal rules at equal places keep their keys.
    const keys = rules.map((rule, at) => (rule === current.rules[at] ? (current.keys[at] ?? fresh()) : fresh()));
    const same = rules.length === current.keys.length;
    known.current = { rules, keys: same ? current.keys : keys };
  }
  return {
    all: known.current.keys,
    fresh,
    set: (next, keys) => {
      known.current = { rules: next, keys };
    },
  };
}
