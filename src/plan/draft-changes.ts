import type { Document } from '../model/document.js';
import { sameJson } from '../model/same-json.js';
import type { DraftRow } from '../store/draft-store.js';
import type { World } from '../world/world.js';
import type { TableChange } from './overlay-policy.js';

/** The tables that the world holds and a draft may change; others make nothing stale. */
type Rows = Pick<World, 'rows'>;

const WITHOUT_ROWS: ReadonlyMap<string, Document> = new Map();

/**
 * The rows of a draft as changes of the world. Where a row counts otherwise than it is stored, because a field of it is
 * malformed and its last good value stands in, that goes on for fields that the draft leaves alone.
 */
export function draftChanges(
  world: Rows,
  held: ReadonlySet<string>,
  rows: readonly DraftRow[],
): readonly TableChange[] {
  return rows.map(({ table, id, before, after }) => {
    const there = held.has(table) ? world.rows(table as Parameters<World['rows']>[0]) : WITHOUT_ROWS;
    const counts = there.get(id);
    const change = {
      id,
      ...(counts && { before: counts }),
      ...(after && { after: asItCounts(after, before?.doc, counts) }),
    };
    return { table, change };
  });
}

function asItCounts(after: Document, stored: Document | undefined, counts: Document | undefined): Document {
  if (stored === undefined || counts === undefined || sameJson(stored, counts)) return after;
  const left = Object.entries(counts).filter(
    ([field, value]) => !sameJson(value, stored[field]) && sameJson(after[field], stored[field]),
  );
  return { ...after, ...Object.fromEntries(left), id: after.id };
}
