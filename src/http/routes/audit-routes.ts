import { POLICY_TABLES, OWN_TABLES, type Table } from '../../model/document.js';
import type { AuditLine } from '../../operations/audit-line.js';
import type { AuditEntry, Store } from '../../store/store.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Route } from '../route.js';
import { wholeNumber } from './whole-number.js';

const PATH = '/api/V2/audit';
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
/** What `from` and `until` may be, in epoch seconds. */
const LAST_SECOND = 9_999_999_999;
const TABLES: readonly string[] = [...POLICY_TABLES, ...OWN_TABLES];

export interface AuditNeeds {
  readonly store: Pick<Store, 'audit'>;
}

/** The audit trail: who changed what, when, before and after; newest first. */
export const auditRoutes: readonly Route<AuditNeeds>[] = [
  {
    method: 'GET',
    path: PATH,
    version: 'v2',
    id: 'v2.audit',
    summary: 'Every change, newest first; the `link` header leads to the next page',
    scope: 'read',
    produces: [JSON_TYPE],
    parameters: [
      { name: 'resource', description: 'Changes of this resource', schema: { type: 'string' } },
      { name: 'id', description: 'Changes of the document of this id', schema: { type: 'string' } },
      { name: 'author', description: 'Changes by this author', schema: { type: 'string' } },
      { name: 'before', description: 'Only entries with a smaller `seq`', schema: { type: 'integer', minimum: 1 } },
      { name: 'from', description: 'Only entries of this second or later', schema: { type: 'integer', minimum: 0 } },
      { name: 'until', description: 'Only entries of this second or earlier', schema: { type: 'integer', minimum: 0 } },
      {
        name: 'limit',
        description: `At most so many, by default ${DEFAULT_LIMIT}`,
        schema: { type: 'integer', minimum: 1 },
      },
    ],
    answers: {
      200: {
        description: 'The entries',
        schema: { type: 'array', items: { $ref: '#/components/schemas/audit-entry' } as never },
      },
    },
    refuses: ['bad_parameter'],
    handle: audit,
  },
];

async function audit({ query }: Call, { store }: AuditNeeds): Promise<Reply> {
  const resource = query.get('resource');
  if (resource !== null && !TABLES.includes(resource)) {
    throw new ApiError('bad_parameter', { name: 'resource', reason: `give one of ${TABLES.join(', ')}` });
  }
  const limit = whole(query, 'limit') ?? DEFAULT_LIMIT;
  if (limit > MAX_LIMIT) throw new ApiError('bad_parameter', { name: 'limit', reason: `give 1 to ${MAX_LIMIT}` });
  const before = whole(query, 'before');
  const [from, until] = [wholeNumber(query, 'from', 0, LAST_SECOND), wholeNumber(query, 'until', 0, LAST_SECOND)];
  if (from !== undefined && until !== undefined && until < from)
    throw new ApiError('bad_parameter', { name: 'until', reason: 'must not be before from' });
  const [id, author] = [query.get('id'), query.get('author')];
  const entries = await store.audit({
    limit,
    ...(resource === null ? {} : { table: resource as Table }),
    ...(id === null ? {} : { id }),
    ...(author === null ? {} : { author }),
    ...(before === undefined ? {} : { beforeSeq: before }),
    ...(from === undefined ? {} : { from: from * 1000 }),
    // All of that second.
    ...(until === undefined ? {} : { until: (until + 1) * 1000 }),
  });
  return jsonReply(entries.map(shown), 200, nextPage(query, entries, limit));
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[1-9][0-9]{0,14}$/.test(text)) {
    throw new ApiError('bad_parameter', { name, reason: 'give a whole number from 1' });
  }
  return Number(text);
}

/** `time` in epoch seconds, as everywhere in the API. */
function shown({ seq, at, author, table, id, before, after }: AuditEntry): AuditLine {
  return { seq, time: Math.floor(at / 1000), author, resource: table, id, before, after };
}

function nextPage(
  query: URLSearchParams,
  entries: readonly AuditEntry[],
  limit: number,
): Readonly<Record<string, string>> {
  const last = entries.at(-1);
  if (last === undefined || entries.length < limit) return {};
  const next = new URLSearchParams(query);
  next.set('before', String(last.seq));
  return { link: `<${PATH}?${next.toString()}>; rel="next"` };
}
