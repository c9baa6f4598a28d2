import { signal } from '@preact/signals';
import type { PlanAnswer } from '../../../../http/plans/plan-answers.js';
import type { JsonObject } from '../../../../model/document.js';
import { isList, isObject } from '../../../../model/validate.js';
import { ApiFailure } from '../../../api/api-failure.js';
import { ask } from '../../../api/ask.js';
import { discardDraft, draft } from '../../../draft/draft.js';
import type { DraftEntry, DraftKey } from '../../../draft/draft-entry.js';
import { inWritingOrder, writeOf } from '../../../draft/draft-writes.js';
import { lacksPassword } from '../../../draft/link-password.js';
import { readRefusal, refusal } from '../../../draft/refusal.js';
import { goTo } from '../../../route/route.js';

/** What is known of the plan of the draft. */
export type PlanState =
  | { readonly state: 'none' }
  | { readonly state: 'planning'; readonly since: number }
  | { readonly state: 'planned'; readonly of: readonly DraftEntry[]; readonly plan: PlanAnswer }
  | { readonly state: 'refused'; readonly of: readonly DraftEntry[]; readonly failure: ApiFailure }
  | { readonly state: 'applied'; readonly plan: PlanAnswer };

export const planState = signal<PlanState>({ state: 'none' });

/** What moved on between a plan and its application, until the next plan is applied. */
export const movedOn = signal<readonly JsonObject[]>([]);

/** Plans the draft. A change that somebody else was faster with leads to the merge view. */
export async function makePlan(reason = ''): Promise<void> {
  const of = draft.value;
  const entries = inWritingOrder(of);
  if (entries.length === 0) {
    planState.value = { state: 'none' };
    return;
  }
  planState.value = { state: 'planning', since: Date.now() };
  try {
    const plan = await planned(entries, reason);
    refusal.value = undefined;
    planState.value = { state: 'planned', of, plan };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    planRefused(error, of, entries);
  }
}

function planRefused(failure: ApiFailure, of: readonly DraftEntry[], entries: readonly DraftEntry[]): void {
  planState.value = { state: 'refused', of, failure };
  const { code, body } = failure;
  const at = entries[Number(body['index'] ?? -1)];
  // A document that is gone is a merge, too: what was changed of it meets its removal.
  const gone = at !== undefined && at.base !== null && (code === 'not_found' || code === 'not_found_on_update');
  if (at !== undefined && (code === 'stale' || gone)) toMerge(at);
  else refusal.value = readRefusal(failure, entries);
}

async function planned(entries: readonly DraftEntry[], reason: string): Promise<PlanAnswer> {
  const index = entries.findIndex(lacksPassword);
  if (index !== -1)
    throw new ApiFailure(400, 'password_missing', 'The password of the link has to be typed: it is not kept', {
      index,
      value_path: ['connection', 'password'],
      reason: 'Type the password: it is not kept',
    });
  const body = { writes: entries.map(writeOf), ...(reason === '' ? {} : { reason }) };
  return (await ask<PlanAnswer>('/api/V2/plan', { method: 'POST', body })).value;
}

function toMerge({ resource, id }: DraftKey): void {
  movedOn.value = [];
  goTo(['policy', 'merge'], { resource, id });
}

/**
 * Applies the plan that is shown, with a reason for the audit trail; `override`: why it is made although something speaks against
 * it. The reason belongs to a plan, so one that was given since is planned with it once more, and only what was looked at is
 * applied.
 * @throws ApiFailure what the server refuses, but what leads to another plan or a merge
 */
export async function applyPlan(shown: PlanAnswer, reason: string, override: string | null): Promise<void> {
  const of = draft.value;
  const plan = shown.reason === reason ? shown : await withReason(shown, reason);
  if (plan === undefined) return;
  try {
    const body = override === null ? {} : { override: { reason: override } };
    await ask(`/api/V2/plan/${encodeURIComponent(plan.id)}/apply`, { method: 'POST', body });
  } catch (error) {
    if (!(error instanceof ApiFailure) || (error.code !== 'plan_stale' && error.code !== 'not_found')) throw error;
    const moved = error.body['moved'];
    movedOn.value = isList(moved) ? moved.filter(isObject) : [{ kind: 'plan', name: 'it was made too long ago' }];
    // If a document of the draft is among them, the plan says so with 412, which leads to the merge view.
    await makePlan(reason);
    return;
  }
  movedOn.value = [];
  planState.value = { state: 'applied', plan };
  // What was changed while it was applied stays.
  if (draft.value === of) discardDraft();
}

/** The plan that was shown, with a reason; undefined: it is another one by now, and that is what is shown then. */
async function withReason(shown: PlanAnswer, reason: string): Promise<PlanAnswer | undefined> {
  const of = draft.value;
  const entries = inWritingOrder(of);
  try {
    const plan = await planned(entries, reason);
    if (plan.id === shown.id) return plan;
    movedOn.value = [{ kind: 'plan', name: 'what it would do is another thing by now' }];
    planState.value = { state: 'planned', of, plan };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    if (error.body['index'] === undefined) throw error;
    planRefused(error, of, entries);
  }
  return undefined;
}
