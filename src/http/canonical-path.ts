import { ApiError } from './errors.js';

/** Already canonical: no segment is empty, begins with a dot, or has a character that is written otherwise. */
const CANONICAL = /^(?:\/[A-Za-z0-9_~!*'()-][A-Za-z0-9_.~!*'()-]*)+$/;

/**
 * The path that routes are matched on: each segment percent-decoded, `.` and `..` resolved, one trailing slash gone,
 * then encoded again, so that no route sees two spellings of the same path
 * (docs/http-api.md#rules-for-every-route). Throws 400 on a segment that does not decode.
 */
export function canonicalPath(url: string): string {
  if (CANONICAL.test(url)) return url;
  const path = url.split(/[?#]/, 1)[0] ?? '';
  if (CANONICAL.test(path)) return path;
  // An absolute form (`GET http://host/path`) is only sent to proxies; its path is what counts.
  const raw = path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  const segments: string[] = [];
  for (const segment of raw.split('/').slice(1).map(decodeSegment)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  if (segments.at(-1) === '') segments.pop();
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new ApiError('bad_request', { reason: 'the path has a malformed percent sequence' }, { cause: error });
  }
}
