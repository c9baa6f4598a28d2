import { ACTOR_EVENT_KINDS, type ActorEvent } from '../../events/actor-event.js';
import type { BookEvent, EventSource } from '../../events/event-book.js';
import { SERVER_EVENT_KINDS, type ServerEvent } from '../../events/server-event.js';
import { ApiError } from '../errors.js';
import { EVENT_STREAM, type StreamRoom } from '../events/stream-room.js';
import type { Call, Parameter, Route } from '../route.js';
import { wholeNumber } from './whole-number.js';

/** Events of the past that a stream may begin with. */
const MOST_RECENT = 500;

export interface EventNeeds {
  readonly events: EventSource<ServerEvent>;
  readonly actorEvents: EventSource<ActorEvent>;
  readonly streams: Pick<StreamRoom, 'listen'>;
}

function parameters(kinds: readonly string[]): readonly Parameter[] {
  return [
    {
      name: 'kinds',
      description: `Only events of these kinds, with commas between them; there are ${kinds.join(', ')}`,
      schema: { type: 'string' },
    },
    {
      name: 'last_event_id',
      description: 'The last event that the client has, for those that can not send the header `Last-Event-ID`',
      schema: { type: 'string' },
    },
    {
      name: 'recent',
      description: `The stream begins with so many of the newest events, at most ${MOST_RECENT}, as far as they are kept; not together with \`last_event_id\``,
      schema: { type: 'integer', minimum: 1 },
    },
  ];
}

const v2 = { method: 'GET', version: 'v2', scope: 'read', produces: [EVENT_STREAM] } as const;
const refuses = ['bad_parameter', 'too_many_streams'] as const;

/** What happens, as it happens, as server-sent events (docs/http-api.md#events). */
export const eventRoutes: readonly Route<EventNeeds>[] = [
  {
    ...v2,
    path: '/api/V2/events',
    id: 'v2.events',
    summary: 'What happens to hosts, groups, policy and the server, as it happens: server-sent events',
    answeredBy: 'leader',
    parameters: parameters(SERVER_EVENT_KINDS),
    answers: { 200: { description: 'The stream', type: EVENT_STREAM } },
    refuses,
    handle: (call, { streams, events }) =>
      streams.listen(call, events, { wants: ofKinds<ServerEvent>(call, SERVER_EVENT_KINDS), recent: recentOf(call) }),
  },
  {
    ...v2,
    path: '/api/V2/actors/events',
    id: 'v2.actors.events',
    summary: "What happens to this server's supervisors and actors, as it happens: server-sent events",
    parameters: [
      ...parameters(ACTOR_EVENT_KINDS),
      { name: 'path', description: 'Only events of this path and below it', schema: { type: 'string' } },
    ],
    answers: { 200: { description: 'The stream', type: EVENT_STREAM } },
    refuses,
    handle: (call, { streams, actorEvents }) => {
      const isWanted = ofKinds<ActorEvent>(call, ACTOR_EVENT_KINDS);
      const path = call.query.get('path');
      return streams.listen(call, actorEvents, {
        wants: (event) => isWanted(event) && isBelow(event, path),
        recent: recentOf(call),
      });
    },
  },
];

function ofKinds<E extends BookEvent>(
  { query }: Pick<Call, 'query'>,
  known: readonly E['kind'][],
): (event: E) => boolean {
  const text = query.get('kinds');
  if (text === null) return () => true;
  const kinds = new Set(text.split(',').map((kind) => kind.trim()));
  for (const kind of kinds) {
    if (!known.includes(kind)) {
      throw new ApiError('bad_parameter', { name: 'kinds', reason: `give some of ${known.join(', ')}` });
    }
  }
  return ({ kind }) => kinds.has(kind);
}

/** A client that comes back says in the header which event it has, and its address is still the one it began with. */
function recentOf({ query }: Pick<Call, 'query'>): number | undefined {
  const recent = wholeNumber(query, 'recent', 1, MOST_RECENT);
  if (recent !== undefined && query.has('last_event_id'))
    throw new ApiError('bad_parameter', { name: 'recent', reason: 'leave it out, or leave out last_event_id' });
  return recent;
}

/** Alarms have no path: they are told to everybody. */
function isBelow(event: ActorEvent, path: string | null): boolean {
  return path === null || !('path' in event) || event.path === path || event.path.startsWith(`${path}/`);
}
