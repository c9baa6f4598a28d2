import type { LastGood } from '../../firewall/sets/compile-sets.js';
import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Clock, DetailObject, Message, Self, GenServer } from '../../otp/index.js';
import { sameJson } from '../../model/same-json.js';
import type { JsonObject } from '../../model/document.js';
import { StoreError, type Change, type Store } from '../../store/store.js';
import type { SetBook } from '../../world/set-book.js';
import type { World } from '../../world/world.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import { IPSET_PUBLISHER } from '../publishing/publisher-messages.js';
import { patiently, type PatientlyNeeds } from '../store/store-patiently.js';
import { EmptiedWatch } from './emptied.js';
import { emptiedDocument, keepEmptied, loadKeptEmptied } from './kept-emptied.js';
import { keepRows } from './kept-rows.js';
import { keepingCommits, loadKeptSets, sharingPublished } from './kept-sets.js';
import { malformedTexts, replacedTexts, showAlarms } from './last-good-alarms.js';
import { KeptSetUse } from './set-use.js';

export interface LastGoodKeeperNeeds extends PatientlyNeeds {
  readonly clock: Pick<Clock, 'monotonic' | 'now'>;
  readonly store: Pick<Store, 'get' | 'list' | 'commit'>;
  readonly world: Pick<World, 'ready' | 'version' | 'rows' | 'hostsOf' | 'malformed'>;
  readonly sets: Pick<SetBook, 'published'>;
  readonly outputs: Pick<RulesetOutputs, 'get' | 'values' | 'failures' | 'rollouts' | 'changes'>;
  readonly alarms: Pick<AlarmBook, 'list' | 'set' | 'clear' | 'show'>;
}

interface Info extends Message {
  readonly tag: 'look';
}

/** All that a look rests on. */
type Seen = readonly [policy: number, malformed: number, outputs: number, published: SetBook['published']];

/** How often it looks. */
const LOOK_MS = 1000;
/** Sets are written to the store at most this often: where many hosts move, they change all the time. */
const KEEP_MS = 5000;

/**
 * Sees to it that what is in use outlives what it was made from: keeps the content of sets that last good rulesets name
 * and the last good values of malformed fields in the store, asks for the sets anew when one that was kept for a ruleset
 * is free to go, and tells people of all this.
 */
export class LastGoodKeeper implements GenServer<never, never, never, Info> {
  readonly #needs: LastGoodKeeperNeeds;
  readonly #emptied: EmptiedWatch;
  readonly #use = new KeptSetUse();
  /** What the store has. */
  #kept: LastGood = new Map();
  #keptAt = -Infinity;
  #rowsVersion = -1;
  /** What the store has of edits that took everything away. */
  #emptiedDoc: JsonObject | undefined = undefined;
  #refused: string | undefined = undefined;
  /** Upon this a look found nothing to ask for, to tell or to keep; so the next one, upon the same, need not look. */
  #restsOn: Seen | undefined = undefined;

  constructor(needs: LastGoodKeeperNeeds) {
    this.#needs = needs;
    this.#emptied = new EmptiedWatch(needs.world);
  }

  async init(self: Self<Info>): Promise<void> {
    const { store } = this.#needs;
    this.#kept = (await patiently(self, this.#needs, () => loadKeptSets(store))).inUse;
    const kept = await patiently(self, this.#needs, () => loadKeptEmptied(store));
    const groups = await patiently(self, this.#needs, () => store.list('ruleset_output'));
    // A row without texts is of a group that never had a ruleset.
    const hadRuleset = groups.flatMap(({ doc: { id, texts } }) => (typeof texts === 'string' ? [String(id)] : []));
    this.#emptied.remember(this.#kept, kept, hadRuleset);
    if (kept !== undefined) this.#emptiedDoc = emptiedDocument(kept);
    self.sendInterval(LOOK_MS, { tag: 'look' });
  }

  async handleInfo(self: Self<Info>): Promise<void> {
    const { world, sets, outputs, clock, alarms } = this.#needs;
    if (!world.ready) return;
    const { published } = sets;
    const seen: Seen = [world.version, world.malformed.version, outputs.changes, published];
    const now = clock.monotonic();
    const isDue = now - this.#keptAt >= KEEP_MS;
    if (this.#restsOn?.every((part, at) => part === seen[at]) === true) {
      if (isDue) this.#keptAt = now;
      return;
    }
    const use = this.#use.now(world, outputs);
    let asked = false;
    if (published !== undefined) {
      const free = use.certain && [...published.retained].some((name) => !use.users.has(name));
      const told = new Set(published.problems.map(({ set }) => set));
      // After a start, sets may be made before every ruleset is known: one that was kept without a reason then has one now.
      const untold = [...use.users.keys()].some(
        (name) => (!published.names.has(name) || published.retained.has(name)) && !told.has(name),
      );
      asked = free || untold;
      if (asked) self.cast(IPSET_PUBLISHER, { tag: 'dirty', sources: [] });
    }
    if (use.certain)
      this.#emptied.look(outputs.values(), published?.contents, use.users, Math.floor(clock.now() / 1000));
    showAlarms(alarms, 'store.malformed', malformedTexts(world.malformed.list()));
    showAlarms(alarms, 'sets.replaced', replacedTexts(published?.problems ?? []));
    const emptied = this.#emptied.texts();
    if (emptied !== undefined) showAlarms(alarms, 'policy.emptied', emptied);
    if (isDue || this.#emptiedToKeep() !== undefined || world.malformed.version !== this.#rowsVersion) {
      this.#keptAt = now;
      await this.#keep();
      // What was emptied is told for a time, and so is looked at again.
      const rests = use.certain && !asked && emptied?.size === 0 && this.#refused === undefined;
      this.#restsOn = rests ? seen : undefined;
    }
  }

  /** The next server must find what this one had. */
  async terminate(): Promise<void> {
    if (this.#needs.world.ready) await this.#keep();
  }

  describe(): DetailObject {
    return {
      sets_kept: this.#kept.size,
      malformed: this.#needs.world.malformed.list().length,
      ...(this.#refused === undefined ? {} : { error: this.#refused }),
    };
  }

  /** A store that refuses is a state: it is told, and tried again at the next look. */
  async #keep(): Promise<void> {
    const { world, sets, outputs } = this.#needs;
    try {
      const { version } = world.malformed;
      if (version !== this.#rowsVersion) {
        const rows = world.malformed.kept();
        if (rows.length > 0 || this.#rowsVersion !== -1 || version > 0) await this.#commit([keepRows(rows)]);
        this.#rowsVersion = version;
      }
      const emptied = this.#emptiedToKeep();
      if (emptied !== undefined) {
        await this.#commit([keepEmptied(emptied)]);
        this.#emptiedDoc = emptied;
      }
      const published = sets.published?.contents;
      if (published === undefined) return this.#tell(undefined);
      this.#kept = sharingPublished(this.#kept, published);
      for (const { changes, then } of keepingCommits(this.#kept, published, this.#use.now(world, outputs))) {
        await this.#commit(changes);
        this.#kept = then;
      }
      this.#tell(undefined);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#tell(error.message);
    }
  }

  /** The document of what was emptied, if the store lacks it: kept at once, since the server may stop at any moment. */
  #emptiedToKeep(): (JsonObject & { readonly id: string }) | undefined {
    if (this.#emptied.texts() === undefined) return undefined;
    const doc = emptiedDocument(this.#emptied.kept());
    return this.#emptiedDoc !== undefined && sameJson(doc, this.#emptiedDoc) ? undefined : doc;
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    await this.#needs.store.commit(changes, { author: 'system', audit: false });
  }

  #tell(refused: string | undefined): void {
    this.#refused = refused;
    this.#needs.alarms.show(
      'last_good.not_kept',
      refused === undefined
        ? undefined
        : `the store does not take the last good content of sets and rows (${refused}); a restart would not find it again`,
    );
  }
}
