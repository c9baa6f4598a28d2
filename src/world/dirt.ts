import type { RowChange } from '../model/row-change.js';

/** What a change of rows makes stale. Everything in it may turn out unchanged; nothing stale is missing from it. */
export interface Dirt {
  /** Every table has now been seen whole for the first time: all groups and all sets are stale. */
  readonly complete: boolean;
  /** Ids of groups to compile again. */
  readonly groups: ReadonlySet<string>;
  readonly removedGroups: ReadonlySet<string>;
  /** Groups whose row changed at all: their hashes may have been written over. */
  readonly groupHashes: ReadonlySet<string>;
  /** Why the sets are stale, in the words of the old counter `ipset_queue_add`; empty: they are not. */
  readonly setSources: ReadonlySet<string>;
  /** Ids of links that are to work by another row now. */
  readonly links: ReadonlySet<string>;
  /** Hosts whose row changed in any way. */
  readonly hosts: readonly RowChange[];
  /** Those of them whose agent has to be told its configuration. */
  readonly hostConfigs: readonly RowChange[];
}

/** Gathers dirt while a batch of changes is taken in. */
export class DirtCollector {
  readonly groups = new Set<string>();
  readonly removedGroups = new Set<string>();
  readonly groupHashes = new Set<string>();
  readonly setSources = new Set<string>();
  readonly links = new Set<string>();
  readonly hosts: RowChange[] = [];
  readonly hostConfigs: RowChange[] = [];
  /** Profiles whose groups are all to be compiled again. */
  readonly profiles = new Set<string>();
  /** Profiles whose rules may name other things now. */
  readonly rekey = new Set<string>();
  policyChanged = false;

  /** A group's row is there, or is gone; in one batch it may have been both, and the last word counts. */
  group(id: string, isThere: boolean): void {
    if (isThere) {
      this.removedGroups.delete(id);
      this.groups.add(id);
    } else this.removedGroups.add(id);
  }

  finish(): Dirt {
    for (const id of this.removedGroups) this.groups.delete(id);
    const { groups, removedGroups, groupHashes, setSources, links, hosts, hostConfigs } = this;
    return { complete: false, groups, removedGroups, groupHashes, setSources, links, hosts, hostConfigs };
  }
}
