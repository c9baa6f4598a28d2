import type { Store } from '../../store/store.js';
import type { RenderedSets, SetBook } from '../../world/set-book.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { ConfirmedSets } from './confirmed-sets.js';
import { loadConfirmedSha, noteConfirmedSets, type NoteConfirmedSetsNeeds } from './note-confirmed-sets.js';
import { untakenSets } from './untaken-sets.js';

export interface SetsTakenNeeds extends NoteConfirmedSetsNeeds {
  readonly confirmedSets: ConfirmedSets;
  readonly outputs: Pick<RulesetOutputs, 'values'>;
  readonly sets: Pick<SetBook, 'untaken'>;
  readonly store: Pick<Store, 'get'>;
}

const NO_SETS: ReadonlySet<string> = new Set();

/** What agents are known to have of the sets. */
export class SetsTaken {
  readonly #needs: SetsTakenNeeds;
  #sha: string | undefined = undefined;
  /** As agents have them, by name; `undefined` until that is known. */
  #parts: RenderedSets['parts'] | undefined = undefined;

  constructor(needs: SetsTakenNeeds) {
    this.#needs = needs;
  }

  /** Of the text that all agents have; `undefined` before this server has published any. */
  get sha(): string | undefined {
    return this.#sha;
  }

  /** How many sets; `undefined` until that is known. */
  get size(): number | undefined {
    return this.#parts?.size;
  }

  /** What was confirmed to a predecessor. */
  async load(): Promise<void> {
    const stored = await loadConfirmedSha(this.#needs.store);
    // The store may not have taken the note of the newest.
    this.#sha = this.#needs.confirmedSets.sha ?? stored;
  }

  /** All agents have these. */
  byAll(rendered: RenderedSets): void {
    this.#parts = rendered.parts;
    this.#needs.sets.untaken = NO_SETS;
    this.#sha = rendered.sha;
    noteConfirmedSets(this.#needs, rendered);
  }

  /** Each group gets its own of these, with its rules. */
  byGroups({ parts }: RenderedSets): void {
    this.#parts = parts;
  }

  /** No queue took these: rules must not name those that agents have otherwise, or not at all. */
  byNobody(rendered: RenderedSets): void {
    const { sets, outputs } = this.#needs;
    sets.untaken = untakenSets(rendered, this.#parts, outputs);
  }
}
