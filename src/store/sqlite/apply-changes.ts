import type { Document, Table } from '../../model/document.js';
import { runSteps } from '../run-steps.js';
import type { Change, CommitResult, Stored } from '../store.js';
import type { Image } from './image.js';
import { rowCheck } from './row-check.js';
import type { Row } from './row.js';

/** What the `state` row of the file counts; advanced by every change. */
export interface Totals {
  /** The last change's number; also the revision of the document that it wrote. */
  seq: number;
  /** The last row number given. */
  ord: number;
  rows: number;
  /** Exclusive or of all rows' sums. */
  digest: number;
}

/** Gives the text that `JSON.stringify` gives of a document, which is frozen all the way down. */
export type SpellDocument = (document: Document) => string;

/** One document changed: `before` absent: created; `after` absent: removed. `text` is the JSON text of `after`. */
export interface Effect {
  readonly seq: number;
  readonly table: Table;
  readonly id: string;
  readonly before?: Row;
  readonly after?: Row;
  readonly text: string;
}

/**
 * Runs the steps of one commit on the image, all or none, and adds what changed to `effects`. The file is not touched:
 * the caller writes the effects, or takes them back with `undoEffects`. Revisions are change numbers, so no revision
 * of an id ever comes twice, not even after a remove.
 * @throws as `runSteps`; the image is then as before
 */
export function applyChanges(
  image: Image,
  totals: Totals,
  changes: readonly Change[],
  effects: Effect[],
  spell: SpellDocument,
): CommitResult {
  const mark = effects.length;
  const view = {
    get: (table: Table, id: string) => image.table(table).get(id)?.stored,
    holder: image.holder.bind(image),
    write: (table: Table, id: string, _before: Stored | undefined, doc: Document | undefined) =>
      writeRow(image, totals, table, id, doc, effects, spell),
  };
  let result: CommitResult | undefined;
  try {
    result = runSteps(view, changes);
    return result;
  } finally {
    if (result?.ok !== true) undoEffects(image, totals, effects, mark);
  }
}

/** Takes back all effects from `mark` on, newest first. */
export function undoEffects(image: Image, totals: Totals, effects: Effect[], mark: number): void {
  while (effects.length > mark) {
    const effect = effects.pop();
    if (effect === undefined) break;
    const { table, id, before, after } = effect;
    image.table(table).set(id, before);
    totals.seq -= 1;
    totals.digest ^= (before?.sum ?? 0) ^ (after?.sum ?? 0);
    if (before === undefined) {
      totals.rows -= 1;
      totals.ord -= 1;
    } else if (after === undefined) totals.rows += 1;
  }
}

function writeRow(
  image: Image,
  totals: Totals,
  table: Table,
  id: string,
  doc: Document | undefined,
  effects: Effect[],
  spell: SpellDocument,
): Stored | undefined {
  const before = image.table(table).get(id);
  const seq = totals.seq + 1;
  const ord = before?.ord ?? totals.ord + 1;
  const text = doc === undefined ? '' : spell(doc);
  const after: Row | undefined = doc && {
    stored: Object.freeze({ doc, revision: seq }),
    ord,
    sum: rowCheck(ord, table, id, seq, text),
  };
  image.table(table).set(id, after);
  totals.seq = seq;
  totals.digest ^= (before?.sum ?? 0) ^ (after?.sum ?? 0);
  if (before === undefined) {
    totals.ord = ord;
    totals.rows += 1;
  } else if (after === undefined) totals.rows -= 1;
  effects.push({ seq, table, id, text, ...(before && { before }), ...(after && { after }) });
  return after?.stored;
}
