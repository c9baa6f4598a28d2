import type { Family } from '../addresses/family.js';
import type { AddressList, AddressMaps } from '../rules/emission.js';
import type { Lookup } from '../rules/lookup.js';
import type { PolicyLookups } from '../rules/policy-lookups.js';
import type { ReadService } from '../rules/read-service.js';
import { type SetKind, setName } from '../sets/set-name.js';

/** Everything that a group's rulesets are made from besides the rules of its profile; each is asked for by name. */
export interface Answers {
  readonly lookups: PolicyLookups;
  readonly addresses: AddressMaps;
  /** The name of the group itself. */
  readonly selfGroup: string;
}

type Same<Value> = (a: Value | undefined, b: Value | undefined) => boolean;

function identical(a: unknown, b: unknown): boolean {
  return a === b;
}

const sameList: Same<AddressList> = (a, b) => {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if ('unknown' in a || 'unknown' in b) return 'unknown' in a && 'unknown' in b && a.unknown === b.unknown;
  return a.length === b.length && a.every((item, index) => item === b[index]);
};

/** Notes what is asked and what was answered; a repeated question gets the first answer. */
class Noted<Value> implements Lookup<Value> {
  readonly #from: Lookup<Value>;
  readonly #same: Same<Value>;
  /** Made with the first question: most compilations ask nothing of most kinds. */
  #given: Map<string, Value | undefined> | undefined = undefined;

  constructor(from: Lookup<Value>, same: Same<Value>) {
    this.#from = from;
    this.#same = same;
  }

  get size(): number {
    return this.#given?.size ?? 0;
  }

  get names(): readonly string[] {
    return [...(this.#given?.keys() ?? [])];
  }

  get(name: string): Value | undefined {
    const all = (this.#given ??= new Map<string, Value | undefined>());
    const given = all.get(name);
    if (given !== undefined || all.has(name)) return given;
    const answer = this.#from.get(name);
    all.set(name, answer);
    return answer;
  }

  holds(now: Lookup<Value>): boolean {
    for (const [name, given] of this.#given ?? []) if (!this.#same(given, now.get(name))) return false;
    return true;
  }
}

/**
 * What one compilation asked and was told. Compiling is a pure function that sees policy through `answers` alone, so
 * groups that would get the same answers get the same rulesets and can share them, and the comparison cannot miss
 * anything that matters.
 */
export class Readings {
  readonly answers: Answers;
  readonly #groups: Noted<string | null>;
  readonly #zones: Noted<string | null>;
  /** Each service document is read once, so that the same object is the same service. */
  readonly #services: Noted<ReadService>;
  readonly #addresses: Readonly<Record<keyof AddressMaps, Noted<AddressList>>>;
  #self: string | undefined = undefined;

  constructor({ lookups, addresses, selfGroup }: Answers) {
    this.#groups = new Noted(lookups.groups, identical);
    this.#zones = new Noted(lookups.zones, identical);
    this.#services = new Noted(lookups.services, identical);
    this.#addresses = {
      roleV4: new Noted(addresses.roleV4, sameList),
      roleV6: new Noted(addresses.roleV6, sameList),
      zoneV4: new Noted(addresses.zoneV4, sameList),
      zoneV6: new Noted(addresses.zoneV6, sameList),
    };
    const askedSelf = (): string => (this.#self = selfGroup);
    this.answers = {
      lookups: { groups: this.#groups, zones: this.#zones, services: this.#services },
      addresses: this.#addresses,
      get selfGroup() {
        return askedSelf();
      },
    };
  }

  /** The name of the group, if it was asked for: the rulesets are then for groups of that name only. */
  get self(): string | undefined {
    return this.#self;
  }

  /** Full names of the sets whose addresses were asked for. */
  get setsAsked(): readonly string[] {
    const named = (kind: SetKind, family: Family, { names }: Noted<AddressList>): readonly string[] =>
      names.map((name) => setName(name, kind, family));
    const { roleV4, roleV6, zoneV4, zoneV6 } = this.#addresses;
    return [
      ...named('group', 'v4', roleV4),
      ...named('group', 'v6', roleV6),
      ...named('zone', 'v4', zoneV4),
      ...named('zone', 'v6', zoneV6),
    ];
  }

  /** Number of questions. */
  get size(): number {
    const { roleV4, roleV6, zoneV4, zoneV6 } = this.#addresses;
    const noted = [this.#groups, this.#zones, this.#services, roleV4, roleV6, zoneV4, zoneV6];
    return noted.reduce((sum, { size }) => sum + size, 0);
  }

  /** Whether every question would still get the same answer. */
  hold({ lookups, addresses, selfGroup }: Answers): boolean {
    return (
      (this.#self === undefined || this.#self === selfGroup) &&
      this.#groups.holds(lookups.groups) &&
      this.#zones.holds(lookups.zones) &&
      this.#services.holds(lookups.services) &&
      this.#addresses.roleV4.holds(addresses.roleV4) &&
      this.#addresses.roleV6.holds(addresses.roleV6) &&
      this.#addresses.zoneV4.holds(addresses.zoneV4) &&
      this.#addresses.zoneV6.holds(addresses.zoneV6)
    );
  }
}
