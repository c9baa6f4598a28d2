import { headId, revisionId } from '../../actors/groups/record-revision.js';
import { periodsOf } from '../../host/hash-history.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Store } from '../../store/store.js';
import { hostByAnyName } from '../documents/find-by-any-name.js';
import { notFound } from '../documents/find-document.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Route } from '../route.js';
import { heldView, type RevisionRow } from '../views/held-view.js';
import { wholeNumber } from './whole-number.js';

/** Latest time that can be asked for: in the year 2286. */
const LATEST = 9_999_999_999;
/** Most revisions of one group that are looked through. */
const MOST_REVISIONS = 1000;

/** What a host held, and when (docs/http-api.md#what-a-host-held). */
export const hostHistoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/V2/host/:id/history',
    version: 'v2',
    id: 'v2.host.history',
    summary: 'Which revision and sets a host reported to hold, from when to when, or at one time',
    scope: 'read',
    produces: [JSON_TYPE],
    parameters: [{ name: 'at', description: 'Epoch seconds', schema: { type: 'integer', minimum: 0 } }],
    answers: { 200: { description: '`periods`, or `held`', schema: { type: 'object' } } },
    refuses: ['not_found', 'bad_parameter'],
    handle: history,
  },
];

/** The revisions of a group, by its name, that are kept. */
export async function keptRevisions(store: Store, group: string): Promise<readonly RevisionRow[]> {
  const [found] = await store.find('group', 'name', group);
  if (found === undefined) return [];
  const { id } = found.doc;
  const newest = Number((await store.get('revision', headId(id)))?.doc['last'] ?? 0);
  const numbers = Array.from({ length: Math.min(newest, MOST_REVISIONS) }, (_, n) => newest - n);
  const rows = await Promise.all(numbers.map((number) => store.get('revision', revisionId(id, number))));
  return rows.flatMap((row) => (row === undefined ? [] : [row.doc]));
}

async function history(call: Call): Promise<Reply> {
  const { store } = call.deps;
  const host = await hostByAnyName(store, call.params['id'] ?? '');
  if (host === undefined) throw notFound('host', 'with this id, hostkey or name');
  const at = wholeNumber(call.query, 'at', 0, LATEST);
  const doc: Document | undefined = (await store.get('host_history', textOf(host['hostkey'])))?.doc;
  const groups = new Set(periodsOf(doc).map(({ group }) => group));
  const revisions = new Map<string, readonly RevisionRow[]>();
  for (const group of groups) revisions.set(group, await keptRevisions(store, group));
  return jsonReply(heldView(host, doc, revisions, at));
}
