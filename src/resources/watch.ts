import type { Json } from '../model/document.js';
import type { RowChange } from '../model/row-change.js';

/** What a change can make stale, as the world takes it. Naming something that turns out unchanged does no harm. */
export interface Stale {
  /** Texts may differ: what was worked out from the policy so far is not used again. */
  policy(): void;
  /** The sets; `source` says why, in the words of the counter `ipset_queue_add`. */
  sets(source: string): void;
  /** Rules that name the group or zone of this id. */
  rulesNamingPeer(id: string): void;
  /** Rules that name the service of this id. */
  rulesNamingService(id: string): void;
  /** The rules of the profile of this id, or which they are. `ruleset`: nothing but this ruleset of it has changed. */
  rulesOfProfile(id: string, ruleset?: RowChange): void;
  /** The group itself, which is there or gone. */
  group(id: string, isThere: boolean): void;
  /** The hashes in a group's row, which may have been written over. */
  groupHashes(id: string): void;
  /** What the link of this id is to do, or whether it is there. */
  link(id: string): void;
  /** Something of a host's row. */
  host(change: RowChange): void;
  /** What the host's agent has been told of its configuration. */
  hostConfig(change: RowChange): void;
  /** Addresses of groups of these names, which stand in rules without sets. */
  addressesOfGroups(names: readonly (Json | undefined)[]): void;
  /** Addresses of zones of these names, which stand in rules without sets. */
  addressesOfZones(names: readonly (Json | undefined)[]): void;
  /** Addresses of any group or zone, which stand in rules without sets. */
  allAddresses(): void;
}

/** A batch of changes as a watcher counts it. */
export interface WatchedBatch {
  /** Rows that the store told of, changed or not. */
  readonly rows: number;
  /** Changes of hosts in it, and those of them that agents must be told. */
  readonly hosts: readonly RowChange[];
  readonly hostConfigs: readonly RowChange[];
}

export interface Watch {
  /** Says what a changed row makes stale. */
  readonly dirties: (change: RowChange, stale: Stale) => void;
  /** Keys of the counter `watcher` and how much each grows (docs/metrics.md#counters-that-scrapers-know). */
  readonly counts?: (batch: WatchedBatch) => Readonly<Record<string, number>>;
}

/** Counts every row. */
export function countRows(key: string): (batch: WatchedBatch) => Readonly<Record<string, number>> {
  return ({ rows }) => ({ [key]: rows });
}

/** Counts every batch, however many rows are in it. */
export function countBatches(key: string): () => Readonly<Record<string, number>> {
  return () => ({ [key]: 1 });
}
