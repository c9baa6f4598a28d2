import { headId, revisionId } from '../../actors/groups/record-revision.js';
import type { Document, JsonObject } from '../../model/document.js';
import { RULESET_VARIANTS } from '../../model/ruleset-variants.js';
import { readRuleset, type StoredRuleset } from '../../model/stored-ruleset.js';
import { textOf } from '../../model/text-of.js';
import { type Store, StoreError } from '../../store/store.js';
import type { Operations } from '../../operations/operations.js';
import { groupByIdOrName } from '../documents/find-by-any-name.js';
import { notFound } from '../documents/find-document.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE, TEXT_TYPE } from '../media-type.js';
import { planObject } from '../plans/read-writes.js';
import { holdGroup } from '../documents/hold-group.js';
import { readReason } from '../documents/reason.js';
import { askFleet } from '../questions/ask-fleet.js';
import { revisionFlows } from '../questions/revision-flows.js';
import { emptyReply, jsonReply, type Reply } from '../reply.js';
import type { Call, Parameter, Route } from '../route.js';
import { gitDiff } from '../text/git-diff.js';
import { type Histories, pinView, revisionView, textsView } from '../views/revision-view.js';

export interface RevisionNeeds {
  readonly operations: () => Pick<Operations, 'setPin' | 'questions'>;
}

/** Most revisions in one answer. */
const LISTED = 100;

const ANY = { type: 'object' } as const;
const NUMBER = { type: 'string', pattern: '^[1-9][0-9]{0,8}$' } as const;
const LIMIT: Parameter = {
  name: 'limit',
  description: `1 to ${LISTED}; default ${LISTED}`,
  schema: { type: 'string' },
};
const BEFORE: Parameter = { name: 'before', description: 'Only revisions older than this number', schema: NUMBER };
const FROM: Parameter = { name: 'from', description: 'The number of the older revision', schema: NUMBER };
const TO: Parameter = { name: 'to', description: 'The number of the newer revision', schema: NUMBER };

type Differing = Pick<Route<RevisionNeeds>, 'method' | 'path' | 'id' | 'summary' | 'handle'> &
  Partial<Route<RevisionNeeds>>;

function route(differing: Differing): Route<RevisionNeeds> {
  return {
    version: 'v2',
    scope: differing.method === 'GET' ? 'read' : 'write',
    produces: [JSON_TYPE, TEXT_TYPE],
    answers: { 200: { description: 'The answer', schema: ANY } },
    refuses: ['not_found'],
    ...differing,
  };
}

/** What was published to a group, revision by revision, and holding a group at one (docs/http-api.md#revisions). */
export const revisionRoutes: readonly Route<RevisionNeeds>[] = [
  route({
    method: 'GET',
    path: '/api/V2/group/:id/revisions',
    id: 'v2.group.revisions',
    summary: 'The rulesets that a group was published, newest first',
    parameters: [LIMIT, BEFORE],
    handle: list,
  }),
  route({
    method: 'GET',
    path: '/api/V2/group/:id/revisions/diff',
    id: 'v2.group.revisions-diff',
    summary: 'How two revisions of a group differ',
    parameters: [FROM, TO],
    handle: diff,
  }),
  route({
    method: 'GET',
    path: '/api/V2/group/:id/revisions/:number',
    id: 'v2.group.revision',
    summary: 'A revision of a group, with its texts',
    handle: read,
  }),
  route({
    method: 'POST',
    path: '/api/V2/group/:id/revisions/:number/pin',
    id: 'v2.group.pin',
    summary: 'Holds a group at a revision: its hosts get that until it is let go',
    answeredBy: 'leader',
    takes: { kind: 'json', parsedFirst: false, schema: { type: 'object', properties: { reason: { type: 'string' } } } },
    refuses: ['not_found', 'revision_unusable', 'assertion_broken', 'guard_broken'],
    handle: pin,
  }),
  route({
    method: 'GET',
    path: '/api/V2/group/:id/pin',
    id: 'v2.group.pinned',
    summary: 'At which revision a group is held, if it is',
    handle: pinned,
  }),
  route({
    method: 'DELETE',
    path: '/api/V2/group/:id/pin',
    id: 'v2.group.unpin',
    summary: 'Lets a group go that is held at a revision',
    answeredBy: 'leader',
    answers: { 204: { description: 'It is not held' } },
    refuses: ['not_found', 'assertion_broken', 'guard_broken'],
    handle: unpin,
  }),
];

async function groupOf(call: Call): Promise<Document> {
  const group = await groupByIdOrName(call.deps.store, call.params['id'] ?? '');
  if (group === undefined) throw notFound('group', 'with this id or name');
  return group;
}

function numberOf(text: string | null | undefined, where: string): number {
  if (text === null || text === undefined || !/^[1-9][0-9]{0,8}$/.test(text))
    throw new ApiError('bad_parameter', { name: where, reason: 'must be the number of a revision, from 1' });
  return Number(text);
}

async function revisionOf(call: Call, groupId: string, number: number): Promise<Document> {
  const row = await call.deps.store.get('revision', revisionId(groupId, number));
  if (row === undefined)
    throw new ApiError('not_found', { what: `the group has no revision ${number}, or it is no longer kept` });
  return row.doc;
}

async function rulesetOf(call: Call, revision: Document): Promise<StoredRuleset> {
  const ruleset = readRuleset((await call.deps.store.get('ruleset_text', textOf(revision['texts'])))?.doc);
  if (ruleset === undefined) throw new ApiError('not_found', { what: 'the texts of this revision are no longer kept' });
  return ruleset;
}

/** Most hosts whose history is looked at. */
const MOST_HISTORIES = 1000;

async function historiesOf(store: Store, hosts: readonly Document[]): Promise<Histories> {
  const rows = await Promise.all(
    hosts.slice(0, MOST_HISTORIES).map(({ hostkey }) => store.get('host_history', textOf(hostkey))),
  );
  return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.doc.id, row.doc] as const])));
}

async function around(call: Call, group: Document) {
  const { store } = call.deps;
  const hosts = (await store.find('host', 'group', textOf(group['name']))).map(({ doc }) => doc);
  return { hosts, pin: (await store.get('pin', group.id))?.doc, histories: await historiesOf(store, hosts) };
}

async function list(call: Call): Promise<Reply> {
  const { store } = call.deps;
  const group = await groupOf(call);
  const { hosts, pin: held, histories } = await around(call, group);
  const limit = call.query.get('limit') === null ? LISTED : numberOf(call.query.get('limit'), 'limit');
  if (limit > LISTED) throw new ApiError('bad_parameter', { name: 'limit', reason: `must be 1 to ${LISTED}` });
  const newest = Number((await store.get('revision', headId(group.id)))?.doc['last'] ?? 0);
  const before = call.query.get('before') === null ? newest + 1 : numberOf(call.query.get('before'), 'before');
  const last = Math.min(newest, before - 1);
  const numbers = Array.from({ length: Math.min(limit, Math.max(0, last)) }, (_, n) => last - n);
  const rows = await Promise.all(numbers.map((number) => store.get('revision', revisionId(group.id, number))));
  return jsonReply({
    id: group.id,
    group: group['name'] ?? null,
    pinned: pinView(held),
    revisions: rows.flatMap((row) => (row === undefined ? [] : [revisionView(row.doc, hosts, held, histories)])),
  });
}

async function read(call: Call): Promise<Reply> {
  const group = await groupOf(call);
  const row = await revisionOf(call, group.id, numberOf(call.params['number'], 'the number in the path'));
  const { hosts, pin: held, histories } = await around(call, group);
  return jsonReply({ ...revisionView(row, hosts, held, histories), ...textsView((await rulesetOf(call, row)).texts) });
}

/** Null where only a server that leads could tell, and none does. */
async function flowsOf(call: Call, needs: RevisionNeeds, older: StoredRuleset, newer: StoredRuleset) {
  try {
    return await askFleet(call, needs, 'short', (asked) => revisionFlows(older, newer, asked));
  } catch (error) {
    if (error instanceof StoreError && error.code === 'unavailable') return null;
    throw error;
  }
}

async function diff(call: Call, needs: RevisionNeeds): Promise<Reply> {
  const group = await groupOf(call);
  const [from, to] = [numberOf(call.query.get('from'), 'from'), numberOf(call.query.get('to'), 'to')];
  const ofNumber = async (number: number) => rulesetOf(call, await revisionOf(call, group.id, number));
  const [older, newer] = await Promise.all([ofNumber(from), ofNumber(to)]);
  const texts: JsonObject = Object.fromEntries(
    RULESET_VARIANTS.map(({ key, apiName }) => [
      apiName,
      gitDiff(older.texts[key].text, newer.texts[key].text, [apiName, apiName]),
    ]),
  );
  return jsonReply({ id: group.id, from, to, diff: texts, flows: await flowsOf(call, needs, older, newer) });
}

async function pin(call: Call, { operations }: RevisionNeeds): Promise<Reply> {
  const group = await groupOf(call);
  const number = numberOf(call.params['number'], 'the number in the path');
  const reason = readReason(planObject(call.body)['reason'], 'reason');
  if (reason === undefined) throw new ApiError('bad_request', { reason: 'reason is missing: say why it is held' });
  const outcome = await holdGroup(call, operations(), group.id, { number, reason });
  if (outcome.ok) return jsonReply({ id: group.id, pinned: pinView(outcome.pin as Document) });
  if (outcome.why === 'unusable') throw new ApiError('revision_unusable', { reason: outcome.reason });
  throw new ApiError('not_found', { what: `the group has no revision ${number}, or it is no longer kept` });
}

async function pinned(call: Call): Promise<Reply> {
  const group = await groupOf(call);
  return jsonReply({ id: group.id, pinned: pinView((await call.deps.store.get('pin', group.id))?.doc) });
}

async function unpin(call: Call, { operations }: RevisionNeeds): Promise<Reply> {
  await holdGroup(call, operations(), (await groupOf(call)).id, undefined);
  return emptyReply;
}
