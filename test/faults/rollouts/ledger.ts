import type { Document } from '../../../src/model/document.js';
import { textOf } from '../../../src/model/text-of.js';
import type { Committed } from '../../support/watched-store.js';

const OVER: ReadonlySet<string> = new Set(['done', 'rolled_back', 'superseded']);

/** A rollout as the store has had it so far. */
interface Seen {
  readonly candidate: string;
  readonly base: string;
  readonly hosts: Set<string>;
  promoted: boolean;
  state: string;
}

/**
 * What the store says of one group's rollouts, in the order in which it was written: so which host may hold which rules
 * at a moment. It is read from the documents alone, not from the server's memory.
 */
export class Ledger {
  readonly #group: string;
  readonly #seen = new Map<string, Seen>();
  /** Hash of a text (`hash4_ipsets`), by the id of its row in `ruleset_text`. */
  readonly #hashes = new Map<string, string>();
  /** What must not have been, each once. */
  readonly faults: string[] = [];
  /** States that rollouts went through, each counted. */
  readonly states = new Map<string, number>();
  transitions = 0;

  constructor(group: string) {
    this.#group = group;
  }

  readonly committed: Committed = (rows) => {
    for (const { table, doc } of rows) {
      if (table === 'ruleset_text') this.#hashes.set(doc.id, textOf((doc['set4'] as Document | undefined)?.['hash']));
      if (table === 'ruleset_output' && doc.id === this.#group) this.#given(textOf(doc['texts']));
      if (table === 'rollout' && doc['group_id'] === this.#group) this.#rollout(doc);
    }
    const live = [...this.#seen].filter(([, { state }]) => !OVER.has(state));
    if (live.length > 1) this.fault(`several rollouts are live: ${live.map(([id]) => id).join(', ')}`);
  };

  /**
   * Whether this host may be sent, and hold, a text with this hash. Texts that were not written since this began are what
   * everybody had; all others must be a rollout's.
   */
  mayHold(hostkey: string, hash: string): boolean {
    const of = [...this.#seen.values()];
    const named = of.filter(({ candidate }) => this.#hashes.get(candidate) === hash);
    if (of.some(({ base }) => this.#hashes.get(base) === hash)) return true;
    if (named.length === 0) return !this.#isKnown(hash);
    return named.some(({ hosts, promoted }) => promoted || hosts.has(hostkey));
  }

  /** Whether it was written since this began. */
  #isKnown(hash: string): boolean {
    return [...this.#hashes.values()].includes(hash);
  }

  fault(text: string): void {
    if (!this.faults.includes(text)) this.faults.push(text);
  }

  #rollout(doc: Document): void {
    this.transitions += 1;
    const state = textOf(doc['state']);
    const before = this.#seen.get(doc.id);
    const seen = before ?? {
      candidate: textOf(doc['candidate']),
      base: textOf(doc['base']),
      hosts: new Set<string>(),
      promoted: false,
      state: '',
    };
    if (seen.state !== state) this.states.set(state, (this.states.get(state) ?? 0) + 1);
    if (OVER.has(seen.state) && seen.state !== state && !(seen.state === 'rolled_back' && state === 'superseded'))
      this.fault(`${doc.id} was ${seen.state}, and became ${state}`);
    for (const step of doc['steps'] as readonly Document[])
      for (const host of (step['hosts'] ?? []) as readonly string[]) seen.hosts.add(host);
    if (state === 'promoting') seen.promoted = true;
    seen.state = state;
    this.#seen.set(doc.id, seen);
  }

  /** The group itself gets a candidate only when it is promoted. */
  #given(text: string): void {
    const of = [...this.#seen.values()];
    const named = of.filter(({ candidate }) => candidate === text);
    if (named.length === 0 || of.some(({ base }) => base === text)) return;
    if (!named.some(({ promoted }) => promoted)) this.fault('the group was given what no host had shown');
  }
}
