import { stepSize, type RolloutPolicy } from './rollout-policy.js';

/** `promote`: the whole group by its key; `nobody`: there are hosts, and none of them can show anything. */
export type NextStep<Host> =
  { readonly kind: 'hosts'; readonly hosts: readonly Host[] } | { readonly kind: 'promote' | 'nobody' };

/**
 * Who is next. `order`: hosts that may be given it, in the order of `hostOrder`, without those that were. `have`: hosts that were given it
 * and are judged; `well` of them have shown it. `reporting`: hosts of the group that report at all.
 */
export function nextStep<Host>(
  policy: RolloutPolicy,
  {
    order,
    have,
    well,
    reporting,
    hurry,
  }: {
    readonly order: readonly Host[];
    readonly have: number;
    readonly well: number;
    readonly reporting: number;
    /** To all as soon as one host has shown it. */
    readonly hurry: boolean;
  },
): NextStep<Host> {
  if (hurry && well > 0) return { kind: 'promote' };
  if (order.length === 0) return { kind: have > 0 || reporting === 0 || hurry ? 'promote' : 'nobody' };
  // One shows it before all get it, also in a hurry, and also where it takes another one's place.
  const one: NextStep<Host> = { kind: 'hosts', hosts: order.slice(0, 1) };
  if (hurry) return one;
  const hosts = have + order.length;
  const sizes = policy.steps.slice(0, -1).map((step) => stepSize(step, hosts));
  const size = sizes.find((each) => each > have);
  if (size === undefined) return well === 0 ? one : { kind: 'promote' };
  return { kind: 'hosts', hosts: order.slice(0, size - have) };
}
