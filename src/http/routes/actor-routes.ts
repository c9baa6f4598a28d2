import { EventBook, type EventSource } from '../../events/event-book.js';
import type { JsonObject } from '../../model/document.js';
import { ACTOR_ACTIONS, ActorRefusal, type ActorAction } from '../../operations/actors/actor-order.js';
import { ACTOR_SORTS, type ActorRequest, type ActorSort } from '../../operations/actors/actor-view.js';
import type { Operations } from '../../operations/operations.js';
import type { SysEvent } from '../../otp/index.js';
import { ApiError } from '../errors.js';
import { EVENT_STREAM, type StreamRoom } from '../events/stream-room.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Parameter, Route } from '../route.js';
import { flag, flagParameter } from './list-parameters.js';

export interface ActorNeeds {
  readonly operations: () => Pick<Operations, 'tree' | 'actors'>;
  readonly streams: Pick<StreamRoom, 'listen'>;
  readonly clock: { now(): number };
}

const PATH = '/api/V2/actors';
const v2 = { version: 'v2', produces: [JSON_TYPE] } as const;
const OBJECT = { type: 'object' } as const;
/** Events that wait for a slow client of a trace. */
const TRACED = 1000;

/** Characters of what is searched for. */
const MOST_SEARCHED = 200;

const PARAMETERS: readonly Parameter[] = [
  { name: 'path', description: 'Only this actor and those below it', schema: { type: 'string' } },
  { name: 'depth', description: 'Levels below the top of the answer; all by default', schema: { type: 'integer' } },
  {
    name: 'offset',
    description: 'The first child listed of the top of the answer, or the first actor of a flat list',
    schema: { type: 'integer' },
  },
  {
    name: 'limit',
    description: 'Most children listed of one supervisor, or most actors of a flat list: 1 to 1000, 200 by default',
    schema: { type: 'integer' },
  },
  {
    name: 'sort',
    description: 'The order of children, or of a flat list; by default that of their start',
    schema: { type: 'string', enum: [...ACTOR_SORTS] },
  },
  flagParameter('flat', 'All actors side by side, sorted over all supervisors, in place of the tree'),
  {
    name: 'q',
    description: 'Of a flat list, only actors with this in their id or name, in any case',
    schema: { type: 'string', maxLength: MOST_SEARCHED },
  },
];

const SUMMARIES: Readonly<Record<ActorAction, string>> = {
  suspend: 'Has an actor handle no messages for a while (actors.suspend_seconds); its mail waits',
  resume: 'Has a suspended actor go on',
  restart: 'Stops an actor and starts it again, with those that rest on it once they are confirmed',
  terminate: 'Stops an actor until it is started again',
  start: 'Starts an actor that was stopped',
};

/** The actors: looking at them and, for who may write, acting on them (docs/http-api.md#actors). */
export const actorRoutes: readonly Route<ActorNeeds>[] = [
  {
    ...v2,
    method: 'GET',
    path: PATH,
    id: 'v2.actors',
    summary: 'The tree of supervisors and actors: path, state, mailbox, messages handled, restarts, last crash',
    scope: 'read',
    parameters: PARAMETERS,
    answers: { 200: { description: 'The tree; `supervisor.total` counts all children of one', schema: OBJECT } },
    refuses: ['not_found', 'bad_parameter'],
    handle: actors,
  },
  {
    ...v2,
    method: 'GET',
    path: `${PATH}/:path/state`,
    id: 'v2.actor.state',
    summary: "All that can be seen of one of the leading server's actors, and its last crash",
    scope: 'read',
    answeredBy: 'leader',
    answers: { 200: { description: 'The actor; `running` is null where it has no process', schema: OBJECT } },
    refuses: ['not_found'],
    handle: ({ params }, { operations }) =>
      jsonReply(found(operations().actors.status(params['path'] as string)) as unknown as JsonObject),
  },
  {
    ...v2,
    method: 'GET',
    path: `${PATH}/:path/trace`,
    id: 'v2.actor.trace',
    summary: "What one of the leading server's actors handles, as it happens: server-sent events",
    scope: 'read',
    answeredBy: 'leader',
    produces: [EVENT_STREAM],
    answers: { 200: { description: 'The stream', type: EVENT_STREAM } },
    refuses: ['not_found', 'bad_parameter', 'too_many_streams', 'too_many_traces'],
    handle: trace,
  },
  ...ACTOR_ACTIONS.map((action): Route<ActorNeeds> => ({
    ...v2,
    method: 'POST',
    path: `${PATH}/:path/${action}`,
    id: `v2.actor.${action}`,
    summary: SUMMARIES[action],
    scope: 'write',
    answeredBy: 'leader',
    parameters: [
      {
        name: 'confirm',
        description: 'Ids of the actors that may go down with it, with commas',
        schema: { type: 'string' },
      },
    ],
    answers: { 200: { description: 'What was done', schema: OBJECT } },
    refuses: ['not_found', 'actor_refused'],
    handle: (call, needs) => act(call, needs, action),
  })),
];

function actors({ query }: Call, { operations }: ActorNeeds): Reply {
  const path = query.get('path');
  const depth = wholeNumber(query, 'depth', 0, 100);
  const offset = wholeNumber(query, 'offset', 0, 1_000_000_000);
  const limit = wholeNumber(query, 'limit', 1, 1000);
  const sort = sortOf(query);
  const isFlat = flag(query, 'flat');
  const q = searched(query, isFlat);
  const request: ActorRequest = {
    ...(path === null ? {} : { path }),
    ...(depth === undefined ? {} : { depth }),
    ...(offset === undefined ? {} : { offset }),
    ...(limit === undefined ? {} : { limit }),
    ...(sort === undefined ? {} : { sort }),
    ...(q === undefined ? {} : { q }),
  };
  const answer = isFlat ? operations().actors.list(request) : operations().tree(request);
  return jsonReply(found<unknown>(answer) as JsonObject);
}

/** Traces are not kept: each stream has a book of its own, from which a slow client takes what it can. */
function trace(call: Call, { operations, streams, clock }: ActorNeeds): Reply {
  const path = call.params['path'] as string;
  const book = new EventBook<TraceEvent>({ most: TRACED, now: () => clock.now() });
  let finish: (reason: string) => void = () => undefined;
  const stop = found(
    operations().actors.trace(path, (events, lost) => {
      if (lost > 0) book.put({ kind: 'dropped', dropped: lost });
      for (const { at, what, ...more } of events) {
        book.put({ kind: what, at_ms: at, ...more });
        if (what === 'ended') finish('the actor has ended');
      }
    }),
  );
  try {
    return streams.listen<TraceEvent>(call, book satisfies EventSource<TraceEvent>, {
      opened: (end) => (finish = end),
      ended: stop,
    });
  } catch (error) {
    stop();
    throw error;
  }
}

type TraceEvent =
  | ({ readonly kind: SysEvent['what']; readonly at_ms: number } & Omit<SysEvent, 'at' | 'what'>)
  /** So many events happened faster than they could be told. */
  | { readonly kind: 'dropped'; readonly dropped: number };

async function act({ params, query, author }: Call, { operations }: ActorNeeds, action: ActorAction): Promise<Reply> {
  const confirm = (query.get('confirm') ?? '').split(',').filter((id) => id !== '');
  try {
    const done = await operations().actors.control(params['path'] as string, action, { author, confirm });
    return jsonReply(found(done) as unknown as JsonObject);
  } catch (error) {
    if (!(error instanceof ActorRefusal)) throw error;
    const body = error.confirm === undefined ? {} : { confirm: [...error.confirm] };
    throw new ApiError('actor_refused', { reason: error.message }, { body, cause: error });
  }
}

function found<T>(answer: T | undefined): T {
  if (answer === undefined) throw new ApiError('not_found', { what: 'no actor has this path' });
  return answer;
}

function sortOf(query: URLSearchParams): ActorSort | undefined {
  const text = query.get('sort');
  if (text === null) return undefined;
  const sort = ACTOR_SORTS.find((each) => each === text);
  if (sort !== undefined) return sort;
  throw new ApiError('bad_parameter', { name: 'sort', reason: `give one of ${ACTOR_SORTS.join(', ')}` });
}

function searched(query: URLSearchParams, isFlat: boolean): string | undefined {
  const text = query.get('q');
  if (text === null || text === '') return undefined;
  if (!isFlat) throw new ApiError('bad_parameter', { name: 'q', reason: 'it is for a flat list: give flat=true too' });
  if (text.length > MOST_SEARCHED)
    throw new ApiError('bad_parameter', { name: 'q', reason: `give at most ${MOST_SEARCHED} characters` });
  return text;
}

function wholeNumber(query: URLSearchParams, name: string, min: number, max: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new ApiError('bad_parameter', { name, reason: `give a whole number from ${min} to ${max}` });
}
