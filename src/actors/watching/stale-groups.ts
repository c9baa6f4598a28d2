import type { KeyedChildren } from '../../otp/index.js';
import type { Slices } from '../../world/slices.js';
import type { GroupCast } from '../groups/group-messages.js';

export interface StaleGroupsNeeds {
  readonly groups: Pick<KeyedChildren<GroupCast>, 'send'>;
  /** Where groups are compiled. */
  readonly slices: Pick<Slices, 'size'>;
}

/** So many groups are told at a time: enough that compiling never waits, and few enough that others' turns come soon. */
const AT_ONCE = 32;

/**
 * Groups that are to look whether they compile to something else, a few at a time: of a service that a thousand groups
 * share the first are stored and sent while the others wait here by name, each once however often it becomes stale
 * meanwhile, and not as a thousand processes that all want their turn before the publisher's. A plain object, so that those
 * who wait outlive a crash of whoever said so.
 */
export class StaleGroups {
  readonly #needs: StaleGroupsNeeds;
  readonly #waiting = new Set<string>();
  #planned = false;

  constructor(needs: StaleGroupsNeeds) {
    this.#needs = needs;
  }

  /** Groups not told yet. */
  get size(): number {
    return this.#waiting.size;
  }

  /** The first of them are told at once. */
  add(groupIds: Iterable<string>): void {
    for (const id of groupIds) this.#waiting.add(id);
    if (!this.#planned) this.#tell();
  }

  /** The group is gone. */
  forget(groupId: string): void {
    this.#waiting.delete(groupId);
  }

  #tell(): void {
    const { groups, slices } = this.#needs;
    let room = AT_ONCE - slices.size;
    for (const id of this.#waiting) {
      if (room <= 0) break;
      room -= 1;
      this.#waiting.delete(id);
      groups.send(id, { tag: 'recompile' });
    }
    if (this.#waiting.size === 0) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      this.#tell();
    });
  }
}
