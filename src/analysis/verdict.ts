/** What a rule does with a packet that it takes. */
export type RuleVerdict = 'accept' | 'drop' | 'reject';

/**
 * What happens to a packet. `depends`: it comes to a limit (`recent`, `connlimit`), so the packets before it decide.
 * `unknown`: only with a host's own text, where a line that we can't read decides or may decide.
 */
export type Verdict = RuleVerdict | 'depends' | 'unknown';

/** One thing that can happen. `rule` is the whole line that decides; null: the chain's policy. */
export interface Outcome {
  readonly verdict: RuleVerdict | 'unknown';
  readonly rule: string | null;
  /** Of the text, from 1; null: the policy. */
  readonly lineNumber: number | null;
  /** How a rejected packet is answered, as `icmp-port-unreachable` or `tcp-reset`; null: it is not rejected. */
  readonly rejectWith: string | null;
}

/** What happens to a packet, or to all packets of a region. */
export interface Decision {
  readonly verdict: Verdict;
  /** All that can happen, each once, in the order of the lines, the policy last. One, unless it `depends` or is `unknown`. */
  readonly outcomes: readonly Outcome[];
}

/** Outcomes as a decision: one is its own verdict, several depend; where a line that we can't read may decide, unknown. */
export function decisionOf(outcomes: readonly Outcome[]): Decision {
  const [first, second] = outcomes;
  if (outcomes.some(({ verdict }) => verdict === 'unknown')) return { verdict: 'unknown', outcomes };
  return { verdict: first !== undefined && second === undefined ? first.verdict : 'depends', outcomes };
}

/** Whether whatever happens is that the packet passes. */
export function isAccepted({ outcomes }: Decision): boolean {
  return outcomes.every(({ verdict }) => verdict === 'accept');
}
