import type { JsonObject } from '../../model/document.js';
import type { Operations } from '../../operations/operations.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply } from '../reply.js';
import type { Route } from '../route.js';

export interface NowNeeds {
  readonly operations: () => Pick<Operations, 'now'>;
}

const common = {
  method: 'GET',
  version: 'v2',
  scope: 'read',
  answeredBy: 'leader',
  produces: [JSON_TYPE],
} as const;

/** What is so at this moment, for one page each (docs/http-api.md#now). */
export const nowRoutes: readonly Route<NowNeeds>[] = [
  {
    ...common,
    path: '/api/V2/now',
    id: 'v2.now',
    summary: 'The whole server in one answer: the status, guard, broker, store, mail, who leads, journal, rollouts',
    answers: { 200: { description: '`NowAnswer` of src/operations/now/now-answers.ts', schema: { type: 'object' } } },
    handle: (_call, { operations }) => jsonReply(operations().now.now() as unknown as JsonObject),
  },
  {
    ...common,
    path: '/api/V2/convergence',
    id: 'v2.convergence',
    summary: 'How long hosts took to have what was published, and what not all of them have yet',
    answers: { 200: { description: '`open`, `open_total`, `done`', schema: { type: 'object' } } },
    handle: (_call, { operations }) => jsonReply(operations().now.convergence() as unknown as JsonObject),
  },
  {
    ...common,
    path: '/api/V2/publishing/queue',
    id: 'v2.publishing.queue',
    summary: 'What waits to be published and why, outbox, journal, how fast the broker confirms, what it refuses',
    answers: {
      200: { description: '`PublishingQueue` of src/operations/now/publishing-answers.ts', schema: { type: 'object' } },
    },
    handle: (_call, { operations }) => jsonReply(operations().now.publishingQueue() as unknown as JsonObject),
  },
];
