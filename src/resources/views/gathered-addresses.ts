import type { Document } from '../../model/document.js';
import { AddressTally } from './address-tally.js';

/** Addresses by family, sorted, without repeats. */
export interface Gathered {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

interface Known {
  readonly doc: Document;
  readonly gave: Gathered;
  /** In which look it was last there. */
  look: number;
}

/**
 * The addresses of all documents of a list, kept by delta: of two lists that are asked for after each other only documents that
 * are not the same object in both are read. What comes out depends on the list alone, whatever was asked for before, so nothing
 * has to say what changed.
 */
export class GatheredAddresses {
  readonly #addressesOf: (doc: Document) => Gathered;
  readonly #v4 = new AddressTally();
  readonly #v6 = new AddressTally();
  readonly #known = new Map<string, Known>();
  #list: readonly Document[] | undefined;
  #look = 0;

  /** `addressesOf` must give the same for the same document. */
  constructor(addressesOf: (doc: Document) => Gathered) {
    this.#addressesOf = addressesOf;
  }

  /** The lists are the same frozen ones as long as they hold the same. `documents`: their ids differ. */
  of(documents: readonly Document[]): Gathered {
    if (documents !== this.#list) this.#update(documents);
    return { v4: this.#v4.sorted(), v6: this.#v6.sorted() };
  }

  #update(documents: readonly Document[]): void {
    this.#look += 1;
    for (const doc of documents) {
      const before = this.#known.get(doc.id);
      if (before?.doc === doc) before.look = this.#look;
      else this.#replace(doc, before);
    }
    if (this.#known.size > documents.length) this.#forgetMissing();
    // A list that may change says nothing by being the same.
    this.#list = Object.isFrozen(documents) ? documents : undefined;
  }

  /** First what is new, so that an address that stays is never gone in between. */
  #replace(doc: Document, before: Known | undefined): void {
    const gave = this.#addressesOf(doc);
    this.#v4.add(gave.v4);
    this.#v6.add(gave.v6);
    if (before !== undefined) this.#takeBack(before);
    this.#known.set(doc.id, { doc, gave, look: this.#look });
  }

  #forgetMissing(): void {
    for (const [id, known] of this.#known) {
      if (known.look === this.#look) continue;
      this.#takeBack(known);
      this.#known.delete(id);
    }
  }

  #takeBack({ gave }: Known): void {
    this.#v4.remove(gave.v4);
    this.#v6.remove(gave.v6);
  }
}
