import { fileURLToPath } from 'node:url';
import { readConsoleFiles, type ConsoleFile, type ConsoleFiles } from '../console/console-files.js';
import { ApiError } from '../errors.js';
import type { Reply } from '../reply.js';
import type { Call, Route } from '../route.js';

/** Where `npm run build` puts the console, seen from what it makes of this file. */
const DIRECTORY = fileURLToPath(new URL('../../console/', import.meta.url));

/**
 * A browser runs nothing on the console's pages but the console's own files, sends nothing to another host, and shows them in
 * no frame (docs/security.md#the-pages-of-the-console).
 */
const SAFE: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const HTML_TYPE = 'text/html';

/** The names of files have a hash of their content in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * The console (docs/console.md): the page at `/`, and its files. They hold nothing of the installation, and a browser sends no
 * token with them, so they are open; what the page shows it asks the API for, as who it is told.
 */
export function consoleRoutes(files: ConsoleFiles = readConsoleFiles(DIRECTORY)): readonly Route[] {
  const common = { method: 'GET', version: 'v2', scope: 'open', refuses: ['not_found'] } as const;
  return [
    {
      ...common,
      path: '/',
      id: 'console',
      summary: 'The console, for people with a browser',
      produces: [HTML_TYPE],
      answers: { 200: { description: 'The page', type: HTML_TYPE } },
      handle: (call) => fileReply(call, files, 'index.html', 'no-cache'),
    },
    {
      ...common,
      path: '/console/:file',
      id: 'console.file',
      summary: "One of the console's files",
      produces: ['text/javascript', 'text/css', 'image/svg+xml'],
      answers: { 200: { description: 'The file', type: 'text/javascript' } },
      handle: (call) => fileReply(call, files, call.params['file'] ?? '', FOR_EVER),
    },
  ];
}

function fileReply({ headers }: Call, files: ConsoleFiles, name: string, cacheControl: string): Reply {
  const file: ConsoleFile | undefined = files.get(name);
  if (file === undefined) {
    throw new ApiError('not_found', {
      what: files.size === 0 ? 'this server was built without its console (npm run build)' : 'there is no such file',
    });
  }
  const zipped = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  return {
    status: 200,
    headers: {
      ...SAFE,
      etag: file.etag,
      'cache-control': cacheControl,
      vary: 'accept-encoding',
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    },
    body: { kind: 'bytes', bytes: zipped ? file.gzipped : file.bytes, type: `${file.type}; charset=utf-8` },
  };
}
