import type { DetailObject, GenServer, KeyedChildren, Message, Self } from '../../otp/index.js';
import type { World } from '../../world/world.js';
import type { LinkBook } from './link-book.js';
import type { LinkCast } from './link-messages.js';

export interface LinkKeeperNeeds {
  readonly world: Pick<World, 'ready' | 'rows'>;
  readonly links: Pick<KeyedChildren<LinkCast>, 'whereis' | 'send'>;
  readonly book: Pick<LinkBook, 'entries' | 'waiting'>;
  /** Between two looks, milliseconds. */
  readonly intervalMs: number;
}

/**
 * Sees to it that each link has its actor: after a start, after a crash (with a back-off per link), and until what a link
 * that was deleted brought is out of service.
 */
export class LinkKeeper implements GenServer<never, never, never, Message> {
  readonly #needs: LinkKeeperNeeds;

  constructor(needs: LinkKeeperNeeds) {
    this.#needs = needs;
  }

  init(self: Self): void {
    self.sendInterval(this.#needs.intervalMs, { tag: 'look' });
    self.send(self.pid, { tag: 'look' });
  }

  handleInfo(): void {
    const { world, links, book } = this.#needs;
    if (!world.ready) return;
    for (const id of new Set([...world.rows('link').keys(), ...book.entries.keys()]))
      if (links.whereis(id) === undefined) links.send(id, { tag: 'sync' });
  }

  describe(): DetailObject {
    return { links: this.#needs.world.rows('link').size, publishing_waits_for: [...this.#needs.book.waiting()] };
  }
}
