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

function sameList(a: AddressList | undefined, b: AddressList | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  if ('unknown' in a || 'unknown' in b) return 'unknown' in a && 'unknown' in b && a.unknown === b.unknown;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** What was asked, each time it was, and what was answered: to look for repeats would cost more than they do. */
class Noted<Value> implements Lookup<Value> {
  readonly #from: Lookup<Value>;
  readonly #names: string[] = [];
  readonly #given: (Value | undefined)[] = [];

  constructor(from: Lookup<Value>) {
    this.#from = from;
  }

  get size(): number {
    return this.#names.length;
  }

  get(name: string): Value | undefined {
    const answer = this.#from.get(name);
    this.#names.push(name);
    this.#given.push(answer);
    return answer;
  }

  /** Whether all answers would be the very same; a question that had two answers never holds. */
  holds(now: Lookup<Value>): boolean {
    return this.#names.every((name, at) => this.#given[at] === now.get(name));
  }
}

/** The same for lists, which take long to compare: each is asked for once, and a repeated question gets the first answer. */
class NotedLists implements Lookup<AddressList> {
  readonly #from: Lookup<AddressList>;
  /** Made with the first question: most compilations ask nothing of most kinds. */
  #given: Map<string, AddressList | undefined> | undefined = undefined;

  constructor(from: Lookup<AddressList>) {
    this.#from = from;
  }

  get size(): number {
    return this.#given?.size ?? 0;
  }

  get names(): readonly string[] {
    return [...(this.#given?.keys() ?? [])];
  }

  get(name: string): AddressList | undefined {
    const all = (this.#given ??= new Map<string, AddressList | undefined>());
    const given = all.get(name);
    if (given !== undefined || all.has(name)) return given;
    const answer = this.#from.get(name);
    all.set(name, answer);
    return answer;
  }

  holds(now: Lookup<AddressList>): boolean {
    for (const [name, given] of this.#given ?? []) if (!sameList(given, now.get(name))) return false;
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
  readonly #addresses: Readonly<Record<keyof AddressMaps, NotedLists>>;
  #self: string | undefined = undefined;

  constructor({ lookups, addresses, selfGroup }: Answers) {
    this.#groups = new Noted(lookups.groups);
    this.#zones = new Noted(lookups.zones);
    this.#services = new Noted(lookups.services);
    this.#addresses = {
      roleV4: new NotedLists(addresses.roleV4),
      roleV6: new NotedLists(addresses.roleV6),
      zoneV4: new NotedLists(addresses.zoneV4),
      zoneV6: new NotedLists(addresses.zoneV6),
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
    const named = (kind: SetKind, family: Family, { names }: NotedLists): readonly string[] =>
      names.map((name) => setName(name, kind, family));
    const { roleV4, roleV6, zoneV4, zoneV6 } = this.#addresses;
    return [
      ...named('group', 'v4', roleV4),
      ...named('group', 'v6', roleV6),
      ...named('zone', 'v4', zoneV4),
      ...named('zone', 'v6', zoneV6),
    ];
  }

  /** Number of questions as they are kept. */
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
