import type { Dialect } from '../firewall/dialect.js';
import { CompileBook } from '../firewall/policy/compile-book.js';
import { finish } from '../firewall/finish.js';
import type { Document, Table } from '../model/document.js';
import { sameJson } from '../model/same-json.js';
import { readRuleset, type StoredRuleset } from '../model/stored-ruleset.js';
import { textOf } from '../model/text-of.js';
import type { DraftRow } from '../store/draft-store.js';
import { type Store, StoreError } from '../store/store.js';
import type { IpsetScope } from '../world/group-sets.js';
import { Slices } from '../world/slices.js';
import { World, WORLD_TABLES, type WorldTableName } from '../world/world.js';
import type { Judgements, WantedJudgements } from './assertions/assess.js';
import { Court } from './assertions/court.js';
import { judgePin } from './assertions/judge-pinned.js';
import { type GuardBook, type KnownGuards, NO_GUARDS } from './assertions/guard-book.js';
import { draftChanges } from './draft-changes.js';
import { oneAtATime } from './one-at-a-time.js';
import type { TableChange } from './overlay-policy.js';
import type { Pinned } from './pinned.js';
import { SetLook } from './set-look.js';
import { type Shipment, type Wanted, wouldShip, type WouldShipNeeds } from './would-ship.js';

/** A document, by its table and id. */
interface RowName {
  readonly table: Table;
  readonly id: string;
}

/** A document that was just written; `after` absent: removed. */
export interface WrittenRow extends RowName {
  readonly after?: Document;
}

/** Who made a write, and why. */
export interface WriteCause {
  readonly author: string;
  readonly reason: string | null;
  /** The plan that was applied, if one was. */
  readonly plan: string | null;
  /** Why it may break an assertion or a guard; absent: it breaks none. */
  readonly override?: string | null;
}

/** Answers what would ship, for a server in whatever role it has. */
export interface Foresight {
  /**
   * What would ship if the documents of the draft were stored: as policy is when this resolves.
   * @throws StoreError `unavailable` while policy is not loaded, or the store is ahead of it for seconds
   */
  wouldShip(rows: readonly DraftRow[], wanted?: Wanted): Promise<Shipment>;
  /**
   * What becomes of assertions and guards when a group (by id) is held at a revision, or let go (`ruleset` undefined).
   * @throws StoreError `unavailable` where this server holds no policy
   */
  judgePin(groupId: string, ruleset: StoredRuleset | undefined, wanted: WantedJudgements): Promise<Judgements>;
  /** These documents were just written: the next answer is not given before they are seen. */
  wrote(rows: readonly WrittenRow[], cause: WriteCause): void;
  /** What this server's configuration guards. */
  guards(): Promise<KnownGuards>;
  /** Checks of what a write would break, and the commit that follows: one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

const NOTHING_MORE: Wanted = { effects: false };

const HELD: ReadonlySet<string> = new Set(WORLD_TABLES);

function isHeld(table: string): table is WorldTableName {
  return HELD.has(table);
}

/** How often policy may change under a computation before it is finished without pauses. */
const MOST_DISTURBED = 3;
/** How long the world may be behind what was just written. */
const BEHIND_MS = 5000;
const LOOK_AGAIN_MS = 2;

export interface ForesightNeeds extends Omit<WouldShipNeeds, 'world' | 'look' | 'court'> {
  readonly world: World;
  readonly store: Pick<Store, 'get'>;
  readonly slices: Pick<Slices, 'run'>;
  /** Absent: nothing is guarded. */
  readonly guards?: GuardBook;
  /** Told which groups a write made stale. */
  readonly noteCause: (groupIds: Iterable<string>, cause: WriteCause) => void;
}

/**
 * Over the world of a server that works. What is worked out is of one moment: policy that changes meanwhile begins it
 * anew.
 */
export function worldForesight(parts: ForesightNeeds): Foresight {
  const { world, store, slices } = parts;
  const needs = { ...parts, look: new SetLook(parts.dialect), court: new Court(parts.dialect) };
  const written = new Map<string, RowName & { readonly table: WorldTableName }>();

  const seen = async ({ table, id }: RowName & { readonly table: WorldTableName }): Promise<boolean> => {
    const stored = (await store.get(table, id))?.doc;
    const held = world.rows(table).get(id);
    if (stored === undefined || held === undefined) return stored === held;
    return sameJson(stored, held) || world.malformed.list().some((row) => row.table === table && row.id === id);
  };
  const caughtUp = async (): Promise<void> => {
    if (!world.ready) throw new StoreError('unavailable', `policy is not loaded yet: ${world.missing.join(', ')}`);
    const until = performance.now() + BEHIND_MS;
    for (const [key, row] of written) {
      while (!(await seen(row))) {
        if (performance.now() > until)
          throw new StoreError(
            'unavailable',
            `the ${row.table} ${row.id} was written, but its change has not come back`,
          );
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
      written.delete(key);
    }
  };

  // What is kept from one computation to the next must not be looked at by two of them.
  const alone = oneAtATime();
  const ofOneMoment = <Result>(begin: () => Generator<void, Result>): Promise<Result> =>
    alone(async () => {
      for (let disturbed = 0; ; disturbed += 1) {
        const { version } = world;
        const work = begin();
        const found = disturbed < MOST_DISTURBED ? await slices.run(work) : finish(work);
        if (version === world.version) return found;
      }
    });
  return {
    guards: () => (parts.guards ?? NO_GUARDS).current(),
    inTurn: oneAtATime(),
    async wouldShip(rows, wanted = NOTHING_MORE) {
      await caughtUp();
      return ofOneMoment(() => wouldShip(needs, draftChanges(world, HELD, rows), wanted));
    },
    async judgePin(groupId, ruleset, wanted) {
      await caughtUp();
      return ofOneMoment(() => {
        const before = needs.pinned?.() ?? new Map<string, StoredRuleset>();
        const after = new Map(before);
        if (ruleset === undefined) after.delete(groupId);
        else after.set(groupId, ruleset);
        const contents = needs.contents();
        const side = {
          policy: world.policy,
          compile: (id: string) => needs.compiles.compile(id),
          set: (name: string) => needs.look.get(world.policy, name, contents),
        };
        const group = { id: groupId, name: textOf(world.rows('group').get(groupId)?.name) };
        return judgePin(needs.court, side, group, { before, after }, wanted);
      });
    },
    wrote(rows, cause) {
      const changes: TableChange[] = [];
      for (const { table, id, after } of rows) {
        if (!isHeld(table)) continue;
        written.set(`${table} ${id}`, { table, id });
        const before = world.rows(table).get(id);
        changes.push({ table, change: { id, ...(before && { before }), ...(after && { after }) } });
      }
      needs.noteCause(world.wouldDirty(changes).groups, cause);
    },
  };
}

export interface StoreForesightNeeds {
  readonly store: Pick<Store, 'get' | 'list'>;
  readonly dialect: () => Dialect;
  readonly generateUnset: boolean;
  readonly ipsetScope: IpsetScope;
  readonly anyIsEveryone: () => boolean;
  readonly hostAddressesMax?: number;
  /** Absent: nothing is guarded. */
  readonly guards?: GuardBook;
}

/** Which groups are held, and at which texts; a pin whose texts are gone holds nothing. */
async function storedPins(store: StoreForesightNeeds['store']): Promise<Pinned> {
  const pinned = new Map<string, StoredRuleset>();
  for (const { doc } of await store.list('pin')) {
    const ruleset = readRuleset((await store.get('ruleset_text', textOf(doc['texts'])))?.doc);
    if (ruleset !== undefined) pinned.set(doc.id, ruleset);
  }
  return pinned;
}

/** For a server that holds no policy: it is read from the store each time, all of it. */
export function storeForesight(needs: StoreForesightNeeds): Foresight {
  const { store, generateUnset, ipsetScope, hostAddressesMax } = needs;
  const slices = new Slices();
  return {
    guards: () => (needs.guards ?? NO_GUARDS).current(),
    inTurn: oneAtATime(),
    async wouldShip(rows, wanted = NOTHING_MORE) {
      const dialect = needs.dialect();
      const world = new World({
        generateUnset,
        anyIsEveryone: needs.anyIsEveryone(),
        ...(hostAddressesMax === undefined ? {} : { hostAddressesMax }),
      });
      for (const table of WORLD_TABLES)
        world.reconcile(
          table,
          (await store.list(table)).map(({ doc }) => doc),
        );
      const compiles = new CompileBook(world.policy, { dialect, generateUnset });
      const none = new Map<string, readonly string[]>();
      const pinned = await storedPins(store);
      return slices.run(
        wouldShip(
          {
            world,
            compiles,
            dialect,
            generateUnset,
            ipsetScope,
            contents: () => none,
            look: new SetLook(dialect),
            court: new Court(dialect),
            pinned: () => pinned,
          },
          draftChanges(world, HELD, rows),
          wanted,
        ),
      );
    },
    judgePin: () => Promise.reject(new StoreError('unavailable', 'only a server that leads holds groups at revisions')),
    wrote: () => undefined,
  };
}
