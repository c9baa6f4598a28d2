import type { IncomingMessage } from 'node:http';
import { endToEndHeaders } from './end-to-end-headers.js';
import { FORWARDED, markOf } from './leader-to-ask.js';

/** The client's headers, raw, framed anew for this hop and without `host`. `name`: that of this server. */
export function headersFor(request: IncomingMessage, hasBody: boolean, name: string): readonly string[] {
  const { headers, rawHeaders } = request;
  const length = headers['content-length'];
  const framing = !hasBody
    ? ['content-length', '0']
    : length === undefined
      ? ['transfer-encoding', 'chunked']
      : ['content-length', length];
  // Requests of other sites' pages were refused here already; the origin would not match the leader's address.
  const without = ['host', 'origin', 'sec-fetch-site', 'content-length', FORWARDED, ...(hasBody ? [] : ['expect'])];
  return [...endToEndHeaders(rawHeaders, without), ...framing, FORWARDED, markOf(name)];
}

/** The request target without the origin that an absolute form has. */
export function originForm(target: string): string {
  return target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
}
