import type { LastGood } from '../../firewall/sets/compile-sets.js';
import type { DetailObject, Message, Self, GenServer } from '../../otp/index.js';
import { StoreError, type Change } from '../../store/store.js';
import type { ServerContext } from '../context.js';
import { IPSET_PUBLISHER } from '../publishing/publisher-messages.js';
import { patiently } from '../store/store-patiently.js';
import { EmptiedWatch } from './emptied.js';
import { keepRows } from './kept-rows.js';
import { keepingCommits, loadKeptSets } from './kept-sets.js';
import { malformedTexts, replacedTexts, showAlarms } from './last-good-alarms.js';
import { setUse } from './set-use.js';

/** How often it looks. */
const LOOK_MS = 1000;
/** Sets are written to the store at most this often: where many hosts move, they change all the time. */
const KEEP_MS = 5000;

/**
 * Sees to it that what is in use outlives what it was made from: keeps the content of sets that last good rulesets name
 * and the last good values of malformed fields in the store, asks for the sets anew when one that was kept for a ruleset
 * is free to go, and tells people of all this.
 */
export class LastGoodKeeper implements GenServer<never, never, never, Message> {
  readonly #context: ServerContext;
  readonly #emptied: EmptiedWatch;
  /** What the store has. */
  #kept: LastGood = new Map();
  #keptAt = -Infinity;
  #rowsVersion = -1;
  #refused: string | undefined = undefined;

  constructor(context: ServerContext) {
    this.#context = context;
    this.#emptied = new EmptiedWatch(context.world);
  }

  async init(self: Self): Promise<void> {
    const { store } = this.#context;
    this.#kept = await patiently(self, this.#context, () => loadKeptSets(store));
    this.#emptied.remember(this.#kept);
    self.sendInterval(LOOK_MS, { tag: 'look' });
  }

  async handleInfo(self: Self): Promise<void> {
    const { world, sets, outputs, system, alarms } = this.#context;
    if (!world.ready) return;
    const use = setUse(world, outputs);
    const { published } = sets;
    const now = system.clock.monotonic();
    if (published !== undefined) {
      const free = use.certain && [...published.retained].some((name) => !use.users.has(name));
      const told = new Set(published.problems.map(({ set }) => set));
      const lacking = [...use.users.keys()].some((name) => !published.names.has(name) && !told.has(name));
      if (free || lacking) self.cast(IPSET_PUBLISHER, { tag: 'dirty', sources: [] });
    }
    if (use.certain) this.#emptied.look(outputs.values(), published?.contents, use.users, now);
    showAlarms(alarms, 'store.malformed', malformedTexts(world.malformed.list()));
    showAlarms(alarms, 'sets.replaced', replacedTexts(published?.problems ?? []));
    showAlarms(alarms, 'policy.emptied', this.#emptied.texts());
    if (world.malformed.version !== this.#rowsVersion || now - this.#keptAt >= KEEP_MS) {
      this.#keptAt = now;
      await this.#keep();
    }
  }

  /** Last words: the next server must find what this one had. */
  async terminate(): Promise<void> {
    if (this.#context.world.ready) await this.#keep();
  }

  describe(): DetailObject {
    return {
      sets_kept: this.#kept.size,
      malformed: this.#context.world.malformed.list().length,
      ...(this.#refused === undefined ? {} : { error: this.#refused }),
    };
  }

  /** A store that refuses is a state: it is told, and tried again at the next look. */
  async #keep(): Promise<void> {
    const { world, sets, outputs } = this.#context;
    try {
      const { version } = world.malformed;
      if (version !== this.#rowsVersion) {
        const rows = world.malformed.kept();
        if (rows.length > 0 || this.#rowsVersion !== -1 || version > 0) await this.#commit([keepRows(rows)]);
        this.#rowsVersion = version;
      }
      const published = sets.published?.contents;
      if (published === undefined) return this.#tell(undefined);
      for (const { changes, then } of keepingCommits(this.#kept, published, setUse(world, outputs))) {
        await this.#commit(changes);
        this.#kept = then;
      }
      this.#tell(undefined);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#tell(error.message);
    }
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    await this.#context.store.commit(changes, { author: 'system', audit: false });
  }

  #tell(refused: string | undefined): void {
    this.#refused = refused;
    this.#context.alarms.show(
      'last_good.not_kept',
      refused === undefined
        ? undefined
        : `the store does not take the last good content of sets and rows (${refused}); a restart would not find it again`,
    );
  }
}
