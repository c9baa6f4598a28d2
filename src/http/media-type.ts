import { ApiError } from './errors.js';

export const JSON_TYPE = 'application/json';
export const TEXT_TYPE = 'text/plain';

/** One entry of an `Accept` header (RFC 9110 section 12.5.1). */
interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly weight: number;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const RANGE = new RegExp(`^(${TOKEN})/(${TOKEN})((?:\\s*;\\s*${TOKEN}=(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))*)$`);
const WEIGHT = /;\s*q=([^;\s]*)/i;

/**
 * Which of the offered media types answers the request. Of two with equal weight the one named later in the header wins,
 * as on the old server (http-api section 1, "a trap"); of two that the same range covers, the one offered first. No
 * header: the first offered. Throws 400 on a header that can't be read and 406 where nothing fits.
 */
export function chooseMediaType(accept: string | undefined, offered: readonly string[]): string {
  if (accept === undefined || accept.trim() === '') return offered[0] as string;
  const ranges = accept
    .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .filter((part) => part.trim() !== '')
    .map(readRange);
  let best: string | undefined;
  let bestWeight = 0;
  let bestPlace = -1;
  for (const type of offered) {
    const { weight, place } = standing(type, ranges);
    if (weight > bestWeight || (weight > 0 && weight === bestWeight && place > bestPlace))
      [best, bestWeight, bestPlace] = [type, weight, place];
  }
  if (best === undefined) throw new ApiError('not_acceptable', { offered: offered.join(', ') });
  return best;
}

function readRange(part: string): MediaRange {
  const found = RANGE.exec(part.trim());
  if (!found) throw new ApiError('bad_request', { reason: 'the accept header is not a list of media types' });
  const [, type = '', subtype = '', parameters = ''] = found;
  const weight = WEIGHT.exec(parameters)?.[1] ?? '1';
  if (!/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight)) {
    throw new ApiError('bad_request', { reason: 'a weight in the accept header is not between 0 and 1' });
  }
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), weight: Number(weight) };
}

/** Weight and place in the header of the most specific range that covers the type; weight 0 where none does. */
function standing(offered: string, ranges: readonly MediaRange[]): { readonly weight: number; readonly place: number } {
  const [type, subtype] = offered.split('/');
  let specific = -1;
  let found = { weight: 0, place: -1 };
  ranges.forEach((range, place) => {
    const exact = range.type === type && range.subtype === subtype;
    const whole = range.type === type && range.subtype === '*';
    const any = range.type === '*' && range.subtype === '*';
    const rank = exact ? 2 : whole ? 1 : any ? 0 : -1;
    if (rank > specific || (rank === specific && rank >= 0 && range.weight > found.weight)) {
      specific = rank;
      found = { weight: range.weight, place };
    }
  });
  return found;
}

/** The media type of a request body in lower case, without its parameters. */
export function bodyMediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
