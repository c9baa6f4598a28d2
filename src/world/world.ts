import { isAddressPart, type Policy } from '../firewall/policy/policy.js';
import { RulesetIndex } from '../firewall/policy/rulesets-by-profile.js';
import { textOf } from '../model/text-of.js';
import type { Document, Json, Table } from '../model/document.js';
import type { RowChange } from '../model/row-change.js';
import type { TableDeclaration } from '../resources/resource.js';
import { tableDeclaration, TABLES, type WatchedTable } from '../resources/resources.js';
import type { Stale } from '../resources/watch.js';
import { DependencyIndex } from './dependency-index.js';
import { dependencyKeys, nameTheSame, onPeer, onService } from './dependency-keys.js';
import { type Dirt, DirtCollector } from './dirt.js';
import { LookupIndex } from './lookup-index.js';
import { MalformedRows } from './malformed-rows.js';
import { RowBytes } from './row-bytes.js';
import { WorldTable } from './world-table.js';

/** What is known of hosts beside their rows (table `host_report`) is held too; nothing rests on it. */
const OWN_TABLES_HELD = ['host_report'] as const satisfies readonly Table[];

export type WorldTableName = WatchedTable | (typeof OWN_TABLES_HELD)[number];

/** What the world holds: the tables whose declarations say what a change of theirs makes stale, and some of our own. */
export const WORLD_TABLES: readonly WorldTableName[] = [
  ...OWN_TABLES_HELD,
  ...Object.values(TABLES).flatMap(({ name, watch }: TableDeclaration) => (watch ? [name as WatchedTable] : [])),
].sort();

type Tables = Readonly<Record<WorldTableName, WorldTable>>;

/**
 * The state of the fleet in memory, fed by one changefeed a table. Compiling, hash checks and address lists read it
 * without a query. Every change answers with what it dirtied; what comes out rests on the rows alone, never on the
 * order in which they came.
 */
export class World {
  readonly #tables: Tables;
  /** Rows that are malformed in the store; what is read here of them is mended. */
  readonly malformed = new MalformedRows();
  readonly #loaded = new Set<WorldTableName>();
  readonly #dependencies = new DependencyIndex();
  readonly #rulesetsByProfile = new RulesetIndex();
  readonly #groupsByName = new LookupIndex('name');
  readonly #groupsByProfile = new LookupIndex('profile_id');
  readonly #zonesByName = new LookupIndex('name');
  readonly #hostsByKey = new LookupIndex('hostkey');
  readonly #hostsByGroup = new LookupIndex('group');
  readonly #knowledgeByBoundGroup = new LookupIndex('bound_group');
  readonly #indexes: Partial<Record<WorldTableName, readonly { update(change: RowChange): void }[]>>;
  readonly #generateUnset: boolean;
  #version = 0;
  #addressesVersion = 0;
  readonly #hostBytes = new RowBytes();
  /** What compiling reads: live views of the tables; its version grows only with changes that can show in a text. */
  readonly policy: Policy;

  /**
   * `generateUnset`: addresses stand in the rules themselves, so that a moved address dirties rules too.
   * `hostAddressesMax`: as many of one host's addresses go into sets.
   */
  constructor(options: {
    readonly generateUnset: boolean;
    readonly anyIsEveryone?: boolean;
    readonly hostAddressesMax?: number;
  }) {
    this.#generateUnset = options.generateUnset;
    this.#tables = Object.fromEntries(
      WORLD_TABLES.map((name) => [name, new WorldTable(name, this.malformed)]),
    ) as unknown as Tables;
    this.#indexes = {
      group: [this.#groupsByName, this.#groupsByProfile],
      zone: [this.#zonesByName],
      ruleset: [this.#rulesetsByProfile],
      host: [this.#hostsByKey, this.#hostsByGroup, this.#hostBytes],
      host_report: [this.#knowledgeByBoundGroup],
    };
    const { external, group, host, link, profile, ruleset, service, zone } = this.#tables;
    const version = (): number => this.#version;
    const addressesVersion = (): number => this.#addressesVersion;
    this.policy = {
      ...(options.hostAddressesMax === undefined ? {} : { hostAddressesMax: options.hostAddressesMax }),
      external: external.rows,
      group: group.rows,
      host: host.rows,
      link: link.rows,
      profile: profile.rows,
      ruleset: ruleset.rows,
      service: service.rows,
      zone: zone.rows,
      rulesetsByProfile: this.#rulesetsByProfile,
      anyIsEveryone: options.anyIsEveryone === true,
      get version() {
        return version();
      },
      get addressesVersion() {
        return addressesVersion();
      },
    };
  }

  /** Grows with every change of policy or of the addresses of a host; not with keepalives and hashes. */
  get version(): number {
    return this.#version;
  }

  /** About what all rows of hosts take, in bytes. */
  get hostBytes(): number {
    return this.#hostBytes.bytes;
  }

  /** Whether every table was seen whole once; before that nothing may be compiled. */
  get ready(): boolean {
    return this.#loaded.size === WORLD_TABLES.length;
  }

  get missing(): readonly WorldTableName[] {
    return WORLD_TABLES.filter((name) => !this.#loaded.has(name));
  }

  rows(table: WorldTableName): ReadonlyMap<string, Document> {
    return this.#tables[table].rows;
  }

  groupByName(name: string): Document | undefined {
    return this.#groupsByName.first(name);
  }

  hostByKey(hostkey: string): Document | undefined {
    return this.#hostsByKey.first(hostkey);
  }

  /** Old data, and writes over the API, may give several hosts one key; the first by id is the one that reports. */
  hostsByKey(hostkey: string): readonly Document[] {
    return this.#hostsByKey.get(hostkey);
  }

  hostsOf(groupName: string): readonly Document[] {
    return this.#hostsByGroup.get(groupName);
  }

  /** What is known of a host beside its row (table `host_report`). */
  knowledge(hostkey: string): Document | undefined {
    return this.#tables.host_report.rows.get(hostkey);
  }

  /**
   * Hosts whose queue gets this group's rulesets though their row names another
   * (docs/protocol.md#the-first-message-costs-the-queue).
   */
  strayListeners(groupName: string): readonly Document[] {
    return this.#knowledgeByBoundGroup
      .get(groupName)
      .map((known) => this.hostByKey(known.id))
      .filter((host): host is Document => host !== undefined && host.group !== groupName);
  }

  /** Hosts of this group whose queue is bound to another, so that they only hear what is sent to themselves. */
  deafMembers(groupName: string): readonly Document[] {
    return this.hostsOf(groupName).filter((host) => {
      const bound = typeof host.hostkey === 'string' ? this.knowledge(host.hostkey)?.bound_group : undefined;
      return bound !== undefined && bound !== groupName;
    });
  }

  /** Takes a whole table: the first load, or the reopening of a feed. */
  reconcile(table: WorldTableName, rows: Iterable<Document>): Dirt {
    const changes = this.#tables[table].reconcile(rows);
    const first = !this.#loaded.has(table);
    this.#loaded.add(table);
    const dirt = this.#absorb(table, changes);
    return first && this.ready ? { ...dirt, complete: true } : dirt;
  }

  /** Takes single rows of a feed. */
  apply(table: WorldTableName, seen: Iterable<{ readonly id: string; readonly after?: Document }>): Dirt {
    return this.#absorb(table, this.#tables[table].apply(seen));
  }

  /**
   * What these changes would make stale if they came, all in one: nothing is taken in. `before` must be the rows held
   * here. Rows of tables that the world does not hold make nothing stale.
   */
  wouldDirty(changes: Iterable<{ readonly table: string; readonly change: RowChange }>): Dirt {
    const dirt = new DirtCollector();
    for (const { table, change } of changes) tableDeclaration(table)?.watch?.dirties(change, this.#stale(dirt));
    for (const profile of dirt.profiles) for (const { id } of this.#groupsByProfile.get(profile)) dirt.groups.add(id);
    return dirt.finish();
  }

  #absorb(table: WorldTableName, changes: readonly RowChange[]): Dirt {
    const dirt = new DirtCollector();
    for (const change of changes) this.#absorbOne(table, change, dirt);
    if (dirt.policyChanged) {
      this.#version += 1;
      if (isAddressPart(table)) this.#addressesVersion += 1;
    }
    // Keys, and which groups have a profile, are worked out last, when every row of the batch is in place.
    for (const id of dirt.rekey)
      this.#dependencies.set(id, dependencyKeys(this.rows('profile').get(id), this.#rulesetsByProfile.naming(id)));
    for (const profile of dirt.profiles) for (const { id } of this.#groupsByProfile.get(profile)) dirt.groups.add(id);
    return dirt.finish();
  }

  #absorbOne(table: WorldTableName, change: RowChange, dirt: DirtCollector): void {
    for (const index of this.#indexes[table] ?? []) index.update(change);
    tableDeclaration(table)?.watch?.dirties(change, this.#stale(dirt));
  }

  /** What declarations name as stale, as marks in `dirt`. */
  #stale(dirt: DirtCollector): Stale {
    return {
      policy: () => {
        dirt.policyChanged = true;
      },
      sets: (source) => dirt.setSources.add(source),
      rulesNamingPeer: (id) => this.#dirtyDependants(onPeer(id), dirt),
      rulesNamingService: (id) => this.#dirtyDependants(onService(id), dirt),
      rulesOfProfile: (id, ruleset) => {
        dirt.profiles.add(id);
        if (ruleset === undefined || namesOthers(ruleset)) dirt.rekey.add(id);
      },
      group: (id, isThere) => dirt.group(id, isThere),
      groupHashes: (id) => dirt.groupHashes.add(id),
      link: (id) => dirt.links.add(id),
      host: (change) => dirt.hosts.push(change),
      hostConfig: (change) => dirt.hostConfigs.push(change),
      addressesOfGroups: (names) => this.#groupAddressesMoved(names, dirt),
      addressesOfZones: (names) => this.#zoneAddressesMoved(names, dirt),
      allAddresses: () => {
        if (this.#generateUnset) for (const group of this.rows('group').keys()) dirt.groups.add(group);
      },
    };
  }

  /**
   * Rules without sets hold the addresses themselves, which go by the names of groups (several may have one): all rules
   * that name such a group are stale, and those of the group itself, which may name it as `self`.
   */
  #groupAddressesMoved(names: readonly (Json | undefined)[], dirt: DirtCollector): void {
    if (!this.#generateUnset) return;
    this.#dirtyDependants(onPeer('all-active'), dirt);
    for (const name of names)
      for (const group of this.#groupsByName.get(textOf(name))) {
        this.#dirtyDependants(onPeer(group.id), dirt);
        dirt.groups.add(group.id);
      }
  }

  /** The same of zones, several of which may have one name too. */
  #zoneAddressesMoved(names: readonly (Json | undefined)[], dirt: DirtCollector): void {
    if (!this.#generateUnset) return;
    for (const name of names)
      for (const zone of this.#zonesByName.get(textOf(name))) this.#dirtyDependants(onPeer(zone.id), dirt);
  }

  #dirtyDependants(key: string, dirt: DirtCollector): void {
    for (const profile of this.#dependencies.profilesOn(key)) dirt.profiles.add(profile);
  }
}

/** Whether the change of a ruleset may make the rules of its profile rest on other things. */
function namesOthers({ before, after }: RowChange): boolean {
  if (before === undefined || after === undefined) return true;
  return before.profile_id !== after.profile_id || !nameTheSame(before, after);
}
