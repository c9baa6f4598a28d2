import type { JsonObject } from '../../model/document.js';
import type { Operations } from '../../operations/operations.js';
import type { SessionAnswer } from '../../operations/session-answer.js';
import { nameOfServer } from '../forward/name-of-server.js';
import type { HttpConfig } from '../http-config.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply } from '../reply.js';
import type { Route } from '../route.js';

export interface SessionNeeds {
  readonly config: Pick<HttpConfig, 'cluster' | 'version' | 'env' | 'api'>;
  readonly operations: () => Pick<Operations, 'standing'>;
}

/** Who asks, as this server sees it, for the console (docs/console.md#tokens). */
export const sessionRoutes: readonly Route<SessionNeeds>[] = [
  {
    method: 'GET',
    version: 'v2',
    path: '/api/V2/session',
    id: 'v2.session',
    summary: 'Who asks, what they may do, and which server answers',
    scope: 'read',
    produces: [JSON_TYPE],
    answers: { 200: { description: 'Who asks', schema: { type: 'object' } } },
    handle({ author, scopes }, { config, operations }) {
      const answer: SessionAnswer = {
        server: {
          name: nameOfServer(config),
          version: config.version,
          role: operations().standing().role,
          env: config.env,
        },
        auth: config.api.auth,
        author,
        scopes,
      };
      return jsonReply(answer as unknown as JsonObject);
    },
  },
];
