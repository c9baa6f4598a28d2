import type { Resource } from '../../model/document.js';
import { declarationOf, RESOURCES } from '../../resources/resources.js';
import type { DraftRow } from '../../store/draft-store.js';
import type { Store } from '../../store/store.js';
import { checkWrite } from '../checks/check-write.js';
import { refuseNewFaults, refuseTooLarge } from '../documents/create-document.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { schemaViolation } from '../../model/schema-verdict.js';
import { violationError } from '../documents/violation-error.js';

/** A row that is refused, as a write of that document would be. */
export interface RefusedRow {
  readonly table: Resource;
  readonly id: string;
  readonly error: ApiError;
}

/**
 * Checks every document that a draft writes, as a write of it would be checked; `call` sees the draft, with all rows in
 * it, so that their order does not matter. At most `most` refusals.
 */
export async function checkRows(call: Call, rows: readonly DraftRow[], most: number): Promise<readonly RefusedRow[]> {
  const refused: RefusedRow[] = [];
  const still: Call = { ...call, deps: { ...call.deps, store: stillStore(call.deps.store) } };
  for (const row of rows) {
    const table = row.table as Resource;
    if (!RESOURCES.has(table)) continue;
    try {
      await checkRow(still, table, row);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.push({ table, id: row.id, error });
      if (refused.length >= most) break;
    }
  }
  return refused;
}

async function checkRow(call: Call, table: Resource, { before, after }: DraftRow): Promise<void> {
  if (after === undefined) return;
  const model = declarationOf(table);
  if (before === undefined) refuseNewFaults(model, after, 'v2');
  else {
    refuseTooLarge(model, after, before.doc);
    const violation = schemaViolation(model.schema, model.asChecked?.(after, before.doc) ?? after, before.doc);
    if (violation) throw violationError(violation);
  }
  await checkWrite(call.deps, model, after, before?.doc);
}

/** A store that nobody writes to while this is used: what was read once is read no second time. */
function stillStore(store: Store): Store {
  const lists = new Map<string, ReturnType<Store['list']>>();
  const finds = new Map<string, ReturnType<Store['find']>>();
  return {
    ...store,
    list: (table) => remembered(lists, table, () => store.list(table)),
    find: (table, field, value) =>
      remembered(finds, JSON.stringify([table, field, value]), () => store.find(table, field, value)),
  };
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const had = known.get(key);
  if (had !== undefined) return had;
  const made = make();
  known.set(key, made);
  return made;
}
