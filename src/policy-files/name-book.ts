import type { Document, Json } from '../model/document.js';
import { nearestText } from '../model/nearest-text.js';
import { declarationOf } from '../resources/resources.js';
import type { Kind } from './kinds.js';

/** What stands before an id where a name is expected. */
const BY_ID = 'id:';

/** Most ids that a message names. */
const IDS_NAMED = 5;

/** A reference that leads to one document, or why it doesn't. */
export type Found = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly reason: string };

/** Documents of one kind, by name and by id. */
export class NameBook {
  readonly #kind: Kind;
  readonly #byId: ReadonlyMap<string, Document>;
  readonly #byName = new Map<string, string[]>();
  readonly #builtinIds: readonly string[];
  readonly #taken: ReadonlySet<string>;

  constructor(kind: Kind, documents: readonly Document[]) {
    const { builtins } = declarationOf(kind);
    this.#kind = kind;
    this.#byId = new Map(documents.map((doc) => [doc.id, doc]));
    this.#builtinIds = builtins?.ids ?? [];
    this.#taken = new Set([...this.#builtinIds, ...(builtins?.names ?? [])]);
    for (const { id, name } of documents) {
      if (typeof name !== 'string' || name === '') continue;
      const ids = this.#byName.get(name);
      if (ids === undefined) this.#byName.set(name, [id]);
      else ids.push(id);
    }
  }

  /** Whether this name means just one document, and nothing else. */
  isPlain(name: Json | undefined): name is string {
    if (typeof name !== 'string' || name.startsWith(BY_ID) || this.#taken.has(name)) return false;
    return this.#byName.get(name)?.length === 1;
  }

  isBuiltin(name: Json | undefined): boolean {
    return typeof name === 'string' && this.#taken.has(name);
  }

  /** Ids of the documents of this name. */
  idsOf(name: string): readonly string[] {
    return this.#byName.get(name) ?? [];
  }

  /** The name of the document with this id, if it means just that one. */
  nameOf(id: string): string | undefined {
    const name = this.#byId.get(id)?.['name'];
    return this.isPlain(name) ? name : undefined;
  }

  /** How a file refers to this id: by the name, by `id:ID` where that is not enough; nobody and built-in ones as they are. */
  referenceTo(id: string): string {
    if (id === '' || this.#builtinIds.includes(id)) return id;
    return this.nameOf(id) ?? `${BY_ID}${id}`;
  }

  /** The opposite. */
  resolve(reference: string): Found {
    if (reference === '' || this.#builtinIds.includes(reference)) return { ok: true, id: reference };
    if (reference.startsWith(BY_ID)) return { ok: true, id: reference.slice(BY_ID.length) };
    const ids = this.idsOf(reference);
    const [id] = ids;
    if (ids.length === 1 && id !== undefined) return { ok: true, id };
    const written = JSON.stringify(reference);
    if (ids.length > 1) {
      const some = ids.slice(0, IDS_NAMED).map((one) => `${BY_ID}${one}`);
      return {
        ok: false,
        reason: `${ids.length} ${this.#kind}s are called ${written}: write ${some.join(' or ')} to say which`,
      };
    }
    if (this.#byId.has(reference))
      return { ok: false, reason: `${written} is the id of a ${this.#kind}: write ${this.referenceTo(reference)}` };
    const nearest = nearestText(reference, [...this.#byName.keys(), ...this.#builtinIds]);
    const advice = nearest === undefined ? '' : `; is ${JSON.stringify(nearest)} meant?`;
    return { ok: false, reason: `there is no ${this.#kind} ${written}${advice}` };
  }
}
