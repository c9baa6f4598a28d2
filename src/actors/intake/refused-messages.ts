import { randomUUID } from 'node:crypto';
import { escapeHidden } from '../../model/hidden-characters.js';
import type { DeadLetter } from './dead-letter.js';

/** A refused message as it is kept in memory: a dead letter, with the beginning of its body. */
export interface KeptMessage extends DeadLetter {
  readonly id: string;
  /** Of the whole body. */
  readonly bytes: number;
}

/** What is kept of a body, in bytes; the whole of a real report is a quarter of it. */
export const KEPT_BODY_BYTES = 16_384;
/** What is kept of texts that a sender may have chosen. */
const TEXT_MAX = 1000;
const HOSTKEY_MAX = 200;

/**
 * The last messages that were refused, with their bodies, for operators to look at (`GET /api/V2/refused`). It outlives
 * the actors that refuse; over restarts the file of dead letters keeps them. When it is full the oldest one goes.
 */
export class RefusedMessages {
  readonly #most: number;
  /** By id, oldest first. */
  readonly #kept = new Map<string, KeptMessage>();
  #total = 0;

  /** `most`: so many are kept. */
  constructor(most = 200) {
    this.#most = most;
  }

  /** Since the start, discarded ones too. */
  get total(): number {
    return this.#total;
  }

  add({ hostkey, detail, body, ...letter }: DeadLetter): void {
    this.#total += 1;
    const id = randomUUID();
    this.#kept.set(id, {
      ...letter,
      id,
      detail: shortened(detail, TEXT_MAX),
      ...(hostkey === undefined ? {} : { hostkey: shortened(hostkey, HOSTKEY_MAX) }),
      bytes: body.length,
      // A copy: the rest of a large message is let go of.
      body: Uint8Array.from(body.subarray(0, KEPT_BODY_BYTES)),
    });
    if (this.#kept.size <= this.#most) return;
    const [oldest = id] = this.#kept.keys();
    this.#kept.delete(oldest);
  }

  /** Newest first. */
  list(): readonly KeptMessage[] {
    return [...this.#kept.values()].reverse();
  }

  get(id: string): KeptMessage | undefined {
    return this.#kept.get(id);
  }

  /** False: it is not there, or no longer. */
  discard(id: string): boolean {
    return this.#kept.delete(id);
  }
}

function shortened(text: string, most: number): string {
  return escapeHidden(text.length > most ? `${text.slice(0, most)}…` : text);
}
