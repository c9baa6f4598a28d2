import { type AddressSet, EVERYBODY, NOBODY } from './address-set.js';
import { intersectionInSteps, withoutInSteps } from './address-steps.js';
import { AnalysisError } from './analysis-error.js';
import type { ByFamily, Fleet } from './fleet.js';
import { addressSet } from './read-sets.js';

/** Whose rules packets of some addresses pass. */
export interface Owner {
  readonly group: string;
  /** Null: any host of the group. */
  readonly host: string | null;
  /** What it holds, or they, where hosts of one group may hold different things. */
  readonly holding?: string;
}

/** Addresses of an end that have the same rules. `owner` null: no host of ours. */
export interface EndPart {
  readonly owner: Owner | null;
  readonly addresses: ByFamily<AddressSet>;
}

/** One end of a connection, as asked for. */
export interface End {
  readonly text: string;
  readonly parts: readonly EndPart[];
}

/** An end that there isn't (404), or that can't be meant (400). */
export class EndError extends AnalysisError {
  readonly status: 400 | 404;
  readonly field: string;

  constructor(status: 400 | 404, field: string, message: string) {
    super(`${field}: ${message}`);
    this.status = status;
    this.field = field;
  }
}

function isEmpty(addresses: ByFamily<AddressSet>): boolean {
  return addresses.v4.bounds.length === 0 && addresses.v6.bounds.length === 0;
}

/** Whether an end has no address, of a family if one is given. */
export function isEmptyEnd({ parts }: End, family?: 'v4' | 'v6'): boolean {
  return parts.every(({ addresses }) =>
    family === undefined ? isEmpty(addresses) : addresses[family].bounds.length === 0,
  );
}

/** Whether both ends are addresses of one and the same host of ours. */
export function isOneHost(from: End, to: End, fleet: Pick<Fleet, 'hostOf'>): boolean {
  const [one, other] = [from.parts[0], to.parts[0]];
  const group = one?.owner?.group;
  if (one === undefined || other === undefined || from.parts.length + to.parts.length > 2) return false;
  if (group === undefined || group !== other.owner?.group) return false;
  const met = (['v4', 'v6'] as const).filter(
    (family) => one.addresses[family].bounds.length > 0 && other.addresses[family].bounds.length > 0,
  );
  const isOne = (family: 'v4' | 'v6'): boolean => {
    const host = fleet.hostOf(group, one.addresses[family]);
    return host !== undefined && host === fleet.hostOf(group, other.addresses[family]);
  };
  return met.length > 0 && met.every(isOne);
}

function ownerOf(group: string, host: string | null, holding: string | undefined): Owner {
  return holding === undefined ? { group, host } : { group, host, holding };
}

function* each(of: (family: 'v4' | 'v6') => Generator<void, AddressSet>): Generator<void, ByFamily<AddressSet>> {
  return { v4: yield* of('v4'), v6: yield* of('v6') };
}

/** Divides addresses by whose they are. An address that hosts of two groups have is in both parts. */
function* byOwner(addresses: ByFamily<AddressSet>, fleet: Fleet): Generator<void, readonly EndPart[]> {
  const managed = yield* fleet.managed();
  const ours = yield* each((family) => intersectionInSteps(addresses[family], managed[family]));
  yield;
  const rest = yield* each((family) => withoutInSteps(addresses[family], managed[family]));
  yield;
  const parts: EndPart[] = [];
  if (!isEmpty(ours)) {
    for (const { name, hosts, holding } of yield* fleet.groups()) {
      const own = yield* each((family) => intersectionInSteps(ours[family], hosts[family]));
      if (!isEmpty(own)) parts.push({ owner: ownerOf(name, null, holding), addresses: own });
      yield;
    }
  }
  return isEmpty(rest) ? parts : [...parts, { owner: null, addresses: rest }];
}

function plain(text: string, field: string): ByFamily<AddressSet> {
  const family = text.includes(':') ? 'v6' : 'v4';
  try {
    const set = addressSet(family, [text]);
    return { ...NOBODY, [family]: set };
  } catch {
    throw new EndError(
      400,
      field,
      `${JSON.stringify(text)} is not "any", an address, a network, host:NAME, group:NAME or zone:NAME`,
    );
  }
}

/**
 * Reads an END (docs/analysis.md#ends): `any`, an address or network, `host:NAME`, `group:NAME`, `zone:NAME`.
 * @throws EndError
 */
export function* resolveEnd(text: string, field: string, fleet: Fleet): Generator<void, End> {
  const [, kind, name] = /^(host|group|zone):(.+)$/s.exec(text) ?? [];
  if (kind === undefined || name === undefined) {
    return { text, parts: yield* byOwner(text === 'any' ? EVERYBODY : plain(text, field), fleet) };
  }
  const missing = (): EndError => new EndError(404, field, `there is no ${kind} ${JSON.stringify(name)}`);
  if (kind === 'host') {
    const host = fleet.host(name);
    if (host === undefined) throw missing();
    return { text, parts: [{ owner: ownerOf(host.group, host.name, host.holding), addresses: host.addresses }] };
  }
  if (kind === 'group') {
    if (name === 'self') {
      throw new EndError(400, field, '"self" means something in a rule only: name the group whose rule it is');
    }
    const group = yield* fleet.group(name);
    if (group === undefined) throw missing();
    const own = (group.parts ?? [group]).map(({ hosts, holding }): EndPart => ({
      owner: ownerOf(group.name, null, holding),
      addresses: hosts,
    }));
    const there = own.filter(({ addresses }) => !isEmpty(addresses));
    return { text, parts: [...there, ...(yield* byOwner(group.others, fleet))] };
  }
  const zone = yield* fleet.zone(name);
  if (zone === undefined) throw missing();
  return { text, parts: yield* byOwner(zone, fleet) };
}
