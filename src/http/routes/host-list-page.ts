import { HOST_STATES, stateOf, type HostState } from '../../host/host-state.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { ApiError } from '../errors.js';
import type { Parameter } from '../route.js';
import { wholeNumber } from './whole-number.js';

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
const MOST_CHARACTERS = 200;

/** Any of these makes the answer a page. `limit` alone does not: clients in the field send it and read the whole list. */
const NARROWING = ['state', 'group', 'q', 'after'] as const;

/** The parameters that narrow `GET /api/V2/hosts`, or ask for it page by page (docs/http-api.md#hosts-page-by-page). */
export const HOST_PAGE_PARAMETERS: readonly Parameter[] = [
  {
    name: 'state',
    description: `Only hosts in these states, with commas between: ${HOST_STATES.join(', ')}`,
    schema: { type: 'string' },
  },
  { name: 'group', description: 'Only hosts of the group of this name', schema: { type: 'string' } },
  { name: 'q', description: 'Only hosts with this in name, hostkey, group or addresses', schema: { type: 'string' } },
  {
    name: 'after',
    description: 'Only hosts after the one of this id; blank: from the first',
    schema: { type: 'string' },
  },
  {
    name: 'limit',
    description: `At most so many, by default ${DEFAULT_LIMIT}; counts beside one of the others only`,
    schema: { type: 'integer', minimum: 1 },
  },
];

export interface Page {
  readonly items: readonly JsonObject[];
  /** Query of the next page, if there is one. */
  readonly next?: string;
}

/** The page of hosts that the query asks for, in the order of ids; undefined: it asks for the list as it is. */
export function hostPage(hosts: readonly JsonObject[], query: URLSearchParams): Page | undefined {
  if (NARROWING.every((name) => !query.has(name))) return undefined;
  const states = statesOf(query);
  const group = query.get('group');
  const q = query.get('q')?.toLowerCase() ?? '';
  if (q.length > MOST_CHARACTERS) {
    throw new ApiError('bad_parameter', { name: 'q', reason: `give at most ${MOST_CHARACTERS} characters` });
  }
  const after = query.get('after') ?? '';
  const limit = wholeNumber(query, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
  const found = (hosts as readonly Document[])
    .filter(
      (host) =>
        host.id > after &&
        (states === undefined || states.has(stateOf(host))) &&
        (group === null || textOf(host.group) === group) &&
        (q === '' || holds(host, q)),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || found.length <= limit) return { items };
  const next = new URLSearchParams(query);
  next.set('after', last.id);
  return { items, next: next.toString() };
}

function statesOf(query: URLSearchParams): ReadonlySet<HostState> | undefined {
  const text = query.get('state');
  if (text === null) return undefined;
  const states = text.split(',').map((name) => name.trim());
  const known = states.filter((name): name is HostState => (HOST_STATES as readonly string[]).includes(name));
  if (known.length === states.length) return new Set(known);
  throw new ApiError('bad_parameter', { name: 'state', reason: `give some of ${HOST_STATES.join(', ')}` });
}

function holds(host: Document, q: string): boolean {
  return [host.name, host.hostkey, host.group, host.interfaces].some((field) =>
    textOf(field).toLowerCase().includes(q),
  );
}
