import { createHash } from 'node:crypto';
import { type AddressSet, type End, EndError, type EndPart, resolveEnd } from '../../analysis/index.js';
import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Dialect } from '../../firewall/dialect.js';
import { hostAddresses } from '../../firewall/policy/host-addresses.js';
import type { Policy } from '../../firewall/policy/policy.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import type { FilterBook } from '../filter-book.js';
import { fleetIndex } from '../fleet-index.js';
import { PolicyFleet } from '../policy-fleet.js';

type Compiled = CompiledGroup & { readonly ok: true };

/** What one side of a comparison is worked out from: policy as it is, or as it would be. */
export interface SideParts {
  readonly policy: Policy;
  readonly dialect: Dialect;
  readonly filters: FilterBook;
  /** What a group's hosts get; not ok: nothing of ours. */
  readonly compile: (groupId: string) => Generator<void, CompiledGroup>;
  /** What the set of a full name holds; undefined: there is none. */
  readonly set: (name: string) => AddressSet | undefined;
}

/** What hosts of a group get: the same key, the same filters. */
export type Shipped = { readonly key: string } | { readonly nothing: string };

/** The fleet under one policy, and what tells whether rules and addresses are the same as under another. */
export class PolicySide {
  readonly fleet: PolicyFleet;
  readonly #parts: SideParts;
  readonly #shipped = new Map<string, Shipped>();

  constructor(parts: SideParts) {
    this.#parts = parts;
    this.fleet = new PolicyFleet({
      ...parts,
      setsOfPolicy: true,
      text: function* (groupId, family) {
        const compiled = yield* parts.compile(groupId);
        return compiled.ok ? compiled[family === 'v4' ? 'set4' : 'set6'].text : undefined;
      },

      set: function* (name) {
        return parts.set(name);
      },
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
          ? { key: this.#keyOf(compiled) }
          : { nothing: `nothing is made for the group ${group}: ${compiled.error.message}` };
    this.#shipped.set(group, shipped);
    return shipped;
  }

  #keyOf(compiled: Compiled): string {
    const sets = compiled.sets.map((name) => {
      const set = this.#parts.set(name);
      return `${name} ${set === undefined ? '' : digestOf(set)}`;
    });
    return sha256([textKey(compiled), ...sets].join('\n'));
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

const digests = new WeakMap<AddressSet, string>();
/** Equal for equal addresses of one family. */
export function digestOf(set: AddressSet): string {
  const known = digests.get(set);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(set.family);
  // Points of IPv6 are strings of UTF-16 units, whatever they are: UTF-8 would lose those that are half a pair.
  if (set.family === 'v4') hash.update(Float64Array.from(set.bounds as readonly number[]));
  else hash.update(Buffer.from((set.bounds as readonly string[]).join(''), 'utf16le'));
  const digest = hash.digest('base64');
  digests.set(set, digest);
  return digest;
}

/** Equal for parts of the same owner with the same addresses. */
export function partKey({ owner, addresses }: EndPart): string {
  return [owner?.group, owner?.host, digestOf(addresses.v4), digestOf(addresses.v6)].join('\n');
}
