import type * as publicationsModule from '../../actors/publishing/publications.js';
import type { Document } from '../../model/document.js';
import type * as bookModule from '../../world/set-book.js';
import type * as slicesModule from '../../world/slices.js';
import type * as worldModule from '../../world/world.js';

interface Made {
  /** From the document to the message. */
  readonly ms: number;
  /** The longest time that nobody else had a turn. */
  readonly stallMs: number;
}

/** A world with zones alone and its sets, of a build: what the ipset publisher does with them. */
export class SetsInProcess {
  readonly #world: worldModule.World;
  readonly #book: bookModule.SetBook;
  readonly #slices: slicesModule.Slices;
  readonly #publications: typeof publicationsModule;
  #rendered: bookModule.RenderedSets | undefined;

  private constructor(
    world: worldModule.World,
    book: bookModule.SetBook,
    slices: slicesModule.Slices,
    publications: typeof publicationsModule,
  ) {
    this.#world = world;
    this.#book = book;
    this.#slices = slices;
    this.#publications = publications;
  }

  /** `dist`: the directory of the build; ends with `/`. */
  static async from(dist: string): Promise<SetsInProcess> {
    const worlds = (await import(`${dist}world/world.js`)) as typeof worldModule;
    const books = (await import(`${dist}world/set-book.js`)) as typeof bookModule;
    const slices = (await import(`${dist}world/slices.js`)) as typeof slicesModule;
    const publications = (await import(`${dist}actors/publishing/publications.js`)) as typeof publicationsModule;
    const world = new worlds.World({ generateUnset: false });
    for (const table of worlds.WORLD_TABLES) world.reconcile(table, []);
    return new SetsInProcess(world, new books.SetBook(world.policy, 'dog2'), new slices.Slices(), publications);
  }

  text(): string {
    return this.#rendered?.text ?? '';
  }

  /** Takes a zone in, beside those that are there or in their place, and makes the message with all sets. */
  async message(zone: Document, inPlaceOfAll = false): Promise<Made> {
    const watch = new StallWatch();
    const began = performance.now();
    const table: worldModule.WorldTableName = 'zone';
    if (inPlaceOfAll) this.#world.reconcile(table, [zone]);
    else this.#world.apply(table, [{ id: zone.id, after: zone }]);
    this.#rendered = await this.#slices.run(this.#book.renderInSteps());
    await this.#encode(this.#rendered);
    const ms = performance.now() - began;
    return { ms, stallMs: await watch.end() };
  }

  async #encode(rendered: bookModule.RenderedSets): Promise<void> {
    const { allSets, allSetsReady } = this.#publications as Partial<typeof publicationsModule> &
      Pick<typeof publicationsModule, 'allSets'>;
    // Builds before this one made all of it in one step.
    if (allSetsReady !== undefined) await this.#slices.run(allSetsReady(rendered));
    allSets(rendered, 0);
  }
}

/** Asks for a turn all the time, and keeps the longest time without one. */
class StallWatch {
  #last = performance.now();
  #longest = 0;
  #ended = false;

  constructor() {
    this.#ask();
  }

  async end(): Promise<number> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#ended = true;
    return this.#longest;
  }

  #ask(): void {
    setImmediate(() => {
      const now = performance.now();
      this.#longest = Math.max(this.#longest, now - this.#last);
      this.#last = now;
      if (!this.#ended) this.#ask();
    });
  }
}
