import type { Document, Json, JsonObject, Resource, Table } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { isObject } from '../../model/validate.js';
import { digestOf, type PlannedRow, type PlanRecord } from '../../plan/plan-record.js';
import { movedOn, shipsOf } from '../../plan/ships.js';
import type { DraftRow } from '../../store/draft-store.js';
import type { Change, Stored } from '../../store/store.js';
import { RESOURCES } from '../../resources/resources.js';
import { commitOrThrow } from '../documents/commit.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { draftWrites } from './draft-writes.js';
import { keptPlan } from './kept-plans.js';
import type { PlanNeeds } from './make-plan.js';
import { planObject, readWrites } from './read-writes.js';
import { readReason } from '../documents/reason.js';

/** The reason of `{"override": {"reason": "…"}}`, if there is one. Throws 400 where it is none. */
function overrideOf(body: Json): string | undefined {
  if (body === null) return undefined;
  const { override } = planObject(body);
  if (override === undefined || override === null) return undefined;
  if (!isObject(override)) throw new ApiError('bad_request', { reason: 'override must be {"reason": "…"}' });
  const reason = readReason(override['reason'], 'override.reason');
  if (reason === undefined) throw new ApiError('bad_request', { reason: 'override.reason is missing' });
  return reason;
}

/**
 * Makes all that a plan would write, in one commit, if everything is still as it was when the plan was made. Throws
 * `plan_stale`, naming what is not.
 */
export async function applyPlan(call: Call, needs: PlanNeeds): Promise<JsonObject> {
  const id = call.params['id'] ?? '';
  const override = overrideOf(call.body);
  return call.exclusive(async () => {
    const plan = await keptPlan(call.deps.store, id, call.now);
    if (plan === undefined)
      throw new ApiError('not_found', { what: 'no plan has this id: it was applied already, or made too long ago' });
    const rows = await rowsNow(call, plan);
    await refuseWhatIsRefusedNow(call, needs, plan);
    const shipment = await call.deps.runtime.foresight.wouldShip(rows);
    const moved = movedOn(plan.ships, shipsOf(shipment));
    if (moved.length > 0) throw stale(moved);
    const reason = override ?? plan.reason ?? undefined;
    const stored = await commitOrThrow(call, stepsOf(rows), { override, reason, plan: id }).catch(whatMoved);
    await call.deps.store.commit([{ op: 'remove', table: 'plan', id }], { author: 'system', audit: false });
    return {
      applied: true,
      id,
      reason: reason ?? null,
      revisions: rows.map(({ table, id: of, after }) => ({
        table,
        id: of,
        revision: after === undefined ? null : (stored.find((one) => one?.doc.id === of)?.revision ?? null),
      })),
    };
  });
}

/** What the plan was made on and is no longer so. */
function stale(moved: readonly JsonObject[]): ApiError {
  const words = moved.slice(0, 5).map(({ kind, table, name, id }) => {
    const what = textOf(table ?? kind);
    return `${what} ${textOf(name) === '' ? JSON.stringify(id ?? null) : textOf(name)}`;
  });
  if (moved.length > words.length) words.push(`and ${moved.length - words.length} more`);
  return new ApiError('plan_stale', { what: `${words.join(', ')} moved on` }, { body: { moved } });
}

/** The rows to write over those that are there now. Throws `plan_stale` where one is not what the plan was made on. */
async function rowsNow(call: Call, { rows }: PlanRecord): Promise<readonly DraftRow[]> {
  const moved: JsonObject[] = [];
  const now: DraftRow[] = [];
  for (const row of rows) {
    const stored = await call.deps.store.get(row.table, row.id);
    if (digestOf(stored?.doc) !== row.before) moved.push(movedRow(row, stored));
    now.push({
      table: row.table,
      id: row.id,
      ...(stored && { before: stored }),
      ...(row.after && { after: row.after }),
    });
  }
  if (moved.length > 0) throw stale(moved);
  return now;
}

function movedRow({ table, id, after }: PlannedRow, stored: Stored | undefined): JsonObject {
  const name = (stored?.doc ?? after)?.['name'];
  return { kind: 'document', table, id, name: typeof name === 'string' ? name : '' };
}

/** What was checked when the plan was made is checked again: what the writes name may be gone. */
async function refuseWhatIsRefusedNow(call: Call, { config }: PlanNeeds, { writes }: PlanRecord): Promise<void> {
  if (writes.length === 0) return;
  try {
    await draftWrites(call, readWrites(writes, config.plan.writes_max));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { code, message, body } = error;
    throw stale([{ ...body, kind: 'write', id: Number(body['index'] ?? 0), code, error: message }]);
  }
}

function uniqueOn(table: Table): readonly string[] {
  return RESOURCES.get(table as Resource)?.uniqueOn.v2 ?? [];
}

/** Names are freed before they are taken. Each step names the revision that it rests on. */
function stepsOf(rows: readonly DraftRow[]): readonly Change[] {
  const step = ({ table, id, before, after }: DraftRow): Change => {
    if (after === undefined) return { op: 'remove', table, id, ...(before && { ifRevision: before.revision }) };
    if (before === undefined) return { op: 'create', table, doc: after, uniqueOn: uniqueOn(table) };
    return { op: 'edit', table, id, ifRevision: before.revision, edit: (): Document => after };
  };
  const of = (op: Change['op']) => rows.map(step).filter((one) => one.op === op);
  return [...of('remove'), ...of('edit'), ...of('create')];
}

/** Somebody was faster than the commit. */
function whatMoved(error: unknown): never {
  if (error instanceof ApiError && (error.code === 'stale' || error.code === 'exists' || error.code === 'not_found'))
    throw stale([{ kind: 'document', id: error.body['id'] ?? null, error: error.message }]);
  throw error;
}
