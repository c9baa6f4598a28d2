import { createHash } from 'node:crypto';
import { type End, EndError, type EndPart, resolveEnd } from '../../analysis/index.js';
import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Dialect } from '../../firewall/dialect.js';
import { hostAddresses } from '../../firewall/policy/host-addresses.js';
import type { Family } from '../../firewall/addresses/family.js';
import type { Policy } from '../../firewall/policy/policy.js';
import type { JsonObject } from '../../model/document.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import type { FilterBook, ReadSet } from '../filter-book.js';
import { fleetIndex } from '../fleet-index.js';
import { LineSources } from '../line-sources.js';
import { PolicyFleet } from '../policy-fleet.js';
import { digestOf } from './digest-of.js';

type Compiled = CompiledGroup & { readonly ok: true };

/** What one side of a comparison is worked out from: policy as it is, or as it would be. */
export interface SideParts {
  readonly policy: Policy;
  readonly dialect: Dialect;
  readonly filters: FilterBook;
  /** What a group's hosts get; not ok: nothing of ours. */
  readonly compile: (groupId: string) => Generator<void, CompiledGroup>;
  /** What the set of a full name holds; undefined: there is none. */
  readonly set: ReadSet;
}

/** Sets of this side rest on its policy alone. */
const AS_POLICY_MAKES_THEM = {};

/** What hosts of a group get: the same key, the same filters. */
export type Shipped = { readonly key: string } | { readonly nothing: string };

/** The fleet under one policy, and what tells whether rules and addresses are the same as under another. */
export class PolicySide {
  readonly fleet: PolicyFleet;
  readonly #parts: SideParts;
  readonly #shipped = new Map<string, Shipped>();
  readonly #sources: LineSources;

  constructor(parts: SideParts) {
    this.#parts = parts;
    this.#sources = new LineSources(parts.policy, parts.dialect);
    this.fleet = new PolicyFleet({
      ...parts,
      text: function* (groupId, family) {
        const compiled = yield* parts.compile(groupId);
        return compiled.ok ? compiled[family === 'v4' ? 'set4' : 'set6'].text : undefined;
      },
      sets: () => AS_POLICY_MAKES_THEM,
    });
  }

  /** An end under this policy, or why there is none; the same object as long as no address moves. */
  *end(text: string, field: string): Generator<void, End | EndError> {
    const { policy } = this.#parts;
    const index = fleetIndex(policy);
    const key = `${field} ${text}`;
    const known = index.memory.ends.get(key);
    if (known !== undefined) return known;
    let end: End | EndError;
    try {
      end = yield* resolveEnd(text, field, this.fleet);
    } catch (error) {
      if (!(error instanceof EndError)) throw error;
      end = error;
    }
    // Names of hosts change with reports that move no address.
    if (index === fleetIndex(policy) && !text.startsWith('host:')) index.memory.ends.set(key, end);
    return end;
  }

  /** What hosts of a group (by name) get. */
  *shipped(group: string): Generator<void, Shipped> {
    const known = this.#shipped.get(group);
    if (known !== undefined) return known;
    const id = fleetIndex(this.#parts.policy).groupByName(group)?.id;
    const compiled = id === undefined ? undefined : yield* this.#parts.compile(id);
    const shipped: Shipped =
      compiled === undefined
        ? { nothing: `there is no group ${group}` }
        : compiled.ok
          ? { key: yield* this.#keyOf(compiled) }
          : { nothing: `nothing is made for the group ${group}: ${compiled.error.message}` };
    this.#shipped.set(group, shipped);
    return shipped;
  }

  *#keyOf(compiled: Compiled): Generator<void, string> {
    const sets: string[] = [];
    for (const name of compiled.sets) {
      const set = yield* this.#parts.set(name);
      sets.push(`${name} ${set === undefined ? '' : yield* digestOf(set)}`);
    }
    return sha256([textKey(compiled), ...sets].join('\n'));
  }

  /** Where a line (from 1; null: the chain's policy) of what a group's hosts get comes from; null: they get nothing. */
  *source(group: string, family: Family, lineNumber: number | null): Generator<void, JsonObject | null> {
    const id = fleetIndex(this.#parts.policy).groupByName(group)?.id;
    const compiled = id === undefined ? undefined : yield* this.#parts.compile(id);
    if (compiled?.ok !== true) return null;
    return yield* this.#sources.of(group, family, compiled[family === 'v4' ? 'set4' : 'set6'].text, lineNumber);
  }

  /** The name of the active host of a group that has an address; undefined: it is not one host's. */
  hostWith(group: string, address: string): string | undefined {
    const { policy, dialect } = this.#parts;
    for (const doc of fleetIndex(policy).activeHosts(group)) {
      const { v4, v6 } = hostAddresses(doc, dialect, policy.hostAddressesMax);
      if ([...v4, ...v6].some((text) => text === address || text.startsWith(`${address}/`))) return textOf(doc['name']);
    }
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

const textKeys = new WeakMap<Compiled, string>();
function textKey(compiled: Compiled): string {
  const known = textKeys.get(compiled);
  if (known !== undefined) return known;
  const key = sha256(
    variantsOfType('ipsets')
      .map((variant) => compiled[variant.key].text)
      .join('\0'),
  );
  textKeys.set(compiled, key);
  return key;
}

/** Equal for parts of the same owner with the same addresses. */
export function* partKey({ owner, addresses }: EndPart): Generator<void, string> {
  return [owner?.group, owner?.host, yield* digestOf(addresses.v4), yield* digestOf(addresses.v6)].join('\n');
}
