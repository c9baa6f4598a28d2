import type { Policy } from '../firewall/policy/policy.js';
import { textOf } from '../model/text-of.js';
import type { Document, Json, Table } from '../model/document.js';
import { roughBytes } from '../model/rough-bytes.js';
import { DependencyIndex } from './dependency-index.js';
import { dependencyKeys, onPeer, onService } from './dependency-keys.js';
import { type Dirt, DirtCollector } from './dirt.js';
import { LookupIndex } from './lookup-index.js';
import { groupChanged, hostAddressesChanged, hostConfigChanged } from './relevant-change.js';
import { MalformedRows } from './malformed-rows.js';
import type { RowChange } from './row-change.js';
import { WorldTable } from './world-table.js';

/** What the world holds: policy, hosts, the hashes of past sets, and what is known of hosts beside their rows. */
export const WORLD_TABLES = [
  'external',
  'group',
  'host',
  'host_report',
  'ipset',
  'link',
  'profile',
  'ruleset',
  'service',
  'zone',
] as const satisfies readonly Table[];
export type WorldTableName = (typeof WORLD_TABLES)[number];

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
  readonly #rulesetsByProfile = new LookupIndex('profile_id');
  readonly #groupsByName = new LookupIndex('name');
  readonly #groupsByProfile = new LookupIndex('profile_id');
  readonly #zonesByName = new LookupIndex('name');
  readonly #hostsByKey = new LookupIndex('hostkey');
  readonly #hostsByGroup = new LookupIndex('group');
  readonly #knowledgeByBoundGroup = new LookupIndex('bound_group');
  readonly #generateUnset: boolean;
  #version = 0;
  #hostBytes = 0;
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
    const { external, group, host, link, profile, ruleset, service, zone } = this.#tables;
    const version = (): number => this.#version;
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
      anyIsEveryone: options.anyIsEveryone === true,
      get version() {
        return version();
      },
    };
  }

  /** Grows with every change of policy or of the addresses of a host; not with keepalives and hashes. */
  get version(): number {
    return this.#version;
  }

  /** About what all rows of hosts take, in bytes. */
  get hostBytes(): number {
    return this.#hostBytes;
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
   * Hosts whose queue hears this group's rulesets though their row names another
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

  #absorb(table: WorldTableName, changes: readonly RowChange[]): Dirt {
    const dirt = new DirtCollector();
    for (const change of changes) this.#absorbOne(table, change, dirt);
    if (dirt.policyChanged) this.#version += 1;
    // Keys, and which groups have a profile, are worked out last, when every row of the batch is in place.
    for (const id of dirt.rekey)
      this.#dependencies.set(id, dependencyKeys(this.rows('profile').get(id), this.#rulesetsByProfile.get(id)));
    for (const profile of dirt.profiles) for (const { id } of this.#groupsByProfile.get(profile)) dirt.groups.add(id);
    return dirt.finish();
  }

  #absorbOne(table: WorldTableName, change: RowChange, dirt: DirtCollector): void {
    const { id, before, after } = change;
    switch (table) {
      case 'group': {
        this.#groupsByName.update(change);
        this.#groupsByProfile.update(change);
        // A client may have overwritten the hashes in the row.
        if (after !== undefined) dirt.groupHashes.add(id);
        if (!groupChanged(change)) return;
        dirt.policyChanged = true;
        dirt.group(id, after !== undefined);
        this.#dirtyDependants(onPeer(id), dirt);
        dirt.setSources.add(`group-${textOf(after?.name ?? before?.name)}`);
        this.#groupAddressesMoved([before?.name, after?.name], dirt);
        return;
      }
      case 'zone':
        this.#zonesByName.update(change);
        dirt.policyChanged = true;
        this.#dirtyDependants(onPeer(id), dirt);
        // Zones of one name share their addresses.
        if (this.#generateUnset)
          for (const name of [before?.name, after?.name])
            for (const zone of this.#zonesByName.get(textOf(name))) this.#dirtyDependants(onPeer(zone.id), dirt);
        dirt.setSources.add(`zone->${textOf(after?.name ?? before?.name)}`);
        return;
      case 'service':
        dirt.policyChanged = true;
        this.#dirtyDependants(onService(id), dirt);
        return;
      case 'profile':
        dirt.policyChanged = true;
        this.#dirtyProfile(id, dirt);
        return;
      case 'ruleset':
        dirt.policyChanged = true;
        this.#rulesetsByProfile.update(change);
        for (const row of [before, after])
          if (typeof row?.profile_id === 'string') this.#dirtyProfile(row.profile_id, dirt);
        return;
      case 'link':
      case 'external':
        dirt.policyChanged = true;
        dirt.setSources.add(`${table}->${textOf(after?.name ?? before?.name)}`);
        if (this.#generateUnset) for (const group of this.rows('group').keys()) dirt.groups.add(group);
        return;
      case 'host':
        this.#hostBytes +=
          (after === undefined ? 0 : roughBytes(after)) - (before === undefined ? 0 : roughBytes(before));
        this.#hostsByKey.update(change);
        this.#hostsByGroup.update(change);
        dirt.hosts.push(change);
        if (hostConfigChanged(change)) dirt.hostConfigs.push(change);
        if (!hostAddressesChanged(change)) return;
        dirt.policyChanged = true;
        dirt.setSources.add('dog_host_interface_watcher');
        this.#groupAddressesMoved([before?.group, after?.group], dirt);
        return;
      case 'host_report':
        this.#knowledgeByBoundGroup.update(change);
        return;
      case 'ipset':
        return;
    }
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

  #dirtyDependants(key: string, dirt: DirtCollector): void {
    for (const profile of this.#dependencies.profilesOn(key)) dirt.profiles.add(profile);
  }

  /** Its rules, or which they are, may have changed. */
  #dirtyProfile(id: string, dirt: DirtCollector): void {
    dirt.profiles.add(id);
    dirt.rekey.add(id);
  }
}
