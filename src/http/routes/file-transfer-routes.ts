import { JSON_TYPE } from '../media-type.js';
import type { Method, Parameter, Route } from '../route.js';
import { deleteFile, fetchFile, listTransfers, postToHost, type FileTransferNeeds } from './file-transfer-handlers.js';

const OCTETS = 'application/octet-stream';
const PATH: Parameter = {
  name: 'path',
  description: 'Absolute path of the file on the host',
  schema: { type: 'string', pattern: '^/' },
};

/**
 * `/api/V2/file_transfer/:hostkey`: remote commands and files (docs/http-api.md#remote-commands-and-files). Off unless
 * `api.commands`.
 */
export const fileTransferRoutes: readonly Route<FileTransferNeeds>[] = [
  route('POST', {
    summary: 'Runs a command on the host (JSON), or stores files there (form)',
    produces: [JSON_TYPE],
    takes: { kind: 'json-or-form' },
    answers: {
      200: { description: 'What the host said, failures included; for files the headers of the parts' },
      403: { description: 'Files for a hostkey that no host has: that text alone; or an error' },
    },
    refuses: ['commands_off', 'bad_request', 'upload_not_kept'],
    handle: postToHost,
  }),
  route('DELETE', {
    summary: 'Removes a file on the host',
    produces: [JSON_TYPE],
    parameters: [PATH],
    answers: { 204: { description: 'It is gone' } },
    refuses: ['commands_off', 'bad_parameter', 'unknown_hostkey', 'agent_error'],
    handle: deleteFile,
  }),
  route('GET', {
    summary: 'Fetches a file from the host',
    produces: [OCTETS, JSON_TYPE],
    parameters: [PATH],
    answers: { 200: { description: 'The file, or as JSON the `error` of the host' } },
    refuses: ['commands_off', 'bad_parameter'],
    handle: fetchFile,
  }),
  {
    method: 'GET',
    path: '/api/V2/file_transfers',
    version: 'v2',
    id: 'v2.file_transfers',
    scope: 'command',
    answeredBy: 'leader',
    summary: 'Files on their way to and from hosts and the last hundred that ended, newest first',
    produces: [JSON_TYPE],
    answers: {
      200: {
        description: 'Each with `hostkey`, `path`, `direction`, `size` and `done` in bytes, `state`',
        schema: { type: 'array', items: { type: 'object' } },
      },
    },
    refuses: ['commands_off'],
    handle: listTransfers,
  },
];

function route(
  method: Method,
  more: Omit<Route<FileTransferNeeds>, 'method' | 'path' | 'version' | 'id' | 'scope' | 'answeredBy'>,
): Route<FileTransferNeeds> {
  return {
    method,
    path: '/api/V2/file_transfer/:hostkey',
    version: 'v2',
    id: `v2.file_transfer.${method.toLowerCase()}`,
    scope: 'command',
    answeredBy: 'leader',
    ...more,
  };
}
