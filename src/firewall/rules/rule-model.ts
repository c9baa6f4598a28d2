import type { Fault } from './compile-error.js';
import type { State } from './connection-state.js';
import type { Interfaces } from './firewall-rule.js';

export type Action = 'ACCEPT' | 'DROP' | 'REJECT';

/** The peer of a rule. `environment`: the name of a linked environment; `id` is then a name in that environment. */
export type RulePeer =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'group' | 'zone'; readonly id: string; readonly environment: string | null };

/** More than `above` connections at once from one network of `mask` bits; null: the whole address. */
export interface ConnectionLimit {
  readonly above: number;
  readonly mask: number | null;
}

/** `hits` packets from one source within `seconds`; `hits` 0: one is enough. Masks are null where none is given. */
export interface RecentLimit {
  readonly name: string;
  readonly seconds: number;
  readonly hits: number;
  readonly mask: string | null;
}

/** A limit, or why it could not be read: some variants do not use it. */
export type Limit<T> =
  { readonly ok: true; readonly limit: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** The type of a rule, with its limit. */
export type RuleKind =
  | { readonly type: 'BASIC' }
  | { readonly type: 'CONNLIMIT'; readonly limit: Limit<ConnectionLimit> }
  | { readonly type: 'RECENT'; readonly limit: Limit<RecentLimit> };

/** One rule of a ruleset, read and checked as far as it can be without names, services and addresses. */
export interface RuleModel {
  readonly active: boolean;
  readonly action: Action;
  readonly kind: RuleKind;
  readonly peer: RulePeer;
  /** Id of the service. */
  readonly service: string;
  /** In the kernel's order, without repeats; none: any state. */
  readonly states: readonly State[];
  /** Null: any. */
  readonly interface: Interfaces | null;
  readonly comment: string;
  /** Whether an inbound rule also accepts (or rejects) the answering packets, which go out. */
  readonly answered: boolean;
}
