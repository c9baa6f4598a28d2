import type { ShownSetting } from '../../config/shown-settings.js';
import type { Json } from '../../model/document.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply } from '../reply.js';
import type { Route } from '../route.js';

export interface ConfigurationNeeds {
  /** What this server was started with, without secrets. */
  readonly settings: readonly ShownSetting[];
}

/** What a server was started with (docs/http-api.md#configuration). Each server answers for itself. */
export const configurationRoutes: readonly Route<ConfigurationNeeds>[] = [
  {
    method: 'GET',
    path: '/api/V2/configuration',
    version: 'v2',
    id: 'v2.configuration',
    summary: 'Every key of the configuration of this server, its value, and where that came from; no secrets',
    scope: 'read',
    produces: [JSON_TYPE],
    answers: { 200: { description: '`settings`', schema: { type: 'object' } } },
    handle: (_call, { settings }) => jsonReply({ settings: settings as unknown as Json }),
  },
];
