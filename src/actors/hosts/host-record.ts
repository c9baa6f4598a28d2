import { knowledgeFromDoc, knowledgeToDoc, type HostKnowledge } from '../../host/host-report.js';
import type { Document } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import type { Change } from '../../store/store.js';
import type { World } from '../../world/world.js';

/** One host's row, and what is known of the host beside it: as the world has them, or as its actor has just written them. */
export class HostRecord {
  readonly hostkey: string;
  readonly #world: Pick<World, 'hostByKey'>;
  /** Changes only with a commit that stored it. */
  known: HostKnowledge | undefined;
  /** The row that the actor made, until the world has it too. */
  #madeId: string | undefined = undefined;

  constructor(world: Pick<World, 'hostByKey' | 'knowledge'>, hostkey: string) {
    this.hostkey = hostkey;
    this.#world = world;
    this.known = knowledgeFromDoc(world.knowledge(hostkey));
  }

  /** The host's row: the world's, or for a moment after registration the one that its actor made. */
  row(): ({ readonly id: string } & Document) | undefined {
    const row = this.#world.hostByKey(this.hostkey);
    if (row !== undefined) {
      this.#madeId = undefined;
      return row;
    }
    return this.#madeId === undefined ? undefined : { id: this.#madeId };
  }

  /** The store has a new row of this host. */
  made(id: string | undefined): void {
    this.#madeId = id;
  }

  /** The step that keeps what is known of the host, where an earlier step of the same commit has decided anything. */
  keep(known: () => HostKnowledge | undefined): Change {
    return {
      op: 'upsert',
      table: 'host_report',
      id: this.hostkey,
      edit: (doc) => {
        const now = known();
        if (now === undefined) return doc ?? { id: this.hostkey };
        const next = knowledgeToDoc(this.hostkey, now);
        // Most reports say nothing new here: the document itself is not even compared by the store.
        return doc !== undefined && sameJson(doc, next) ? doc : next;
      },
    };
  }
}
