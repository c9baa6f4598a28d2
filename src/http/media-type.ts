import { ApiError } from './errors.js';

export const JSON_TYPE = 'application/json';
export const TEXT_TYPE = 'text/plain';
/** Lines of JSON: progress now and then, the result last. */
export const LINES_TYPE = 'application/x-ndjson';

/** One entry of an `Accept` header (RFC 9110 section 12.5.1). */
interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly weight: number;
}

/** No real client sends more ranges than this. */
const MAX_RANGES = 100;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** Each is matched where the last one ended, so that each character is read once. Old Java clients send a bare `*`. */
const RANGE = new RegExp(`[ \\t]*(?:(${TOKEN})/(${TOKEN})|\\*)`, 'y');
const PARAMETER = new RegExp(`[ \\t]*;[ \\t]*(?:(${TOKEN})(?:=(?:(${TOKEN})|"(?:[^"\\\\]|\\\\.)*"))?)?`, 'y');
const END = /[ \t]*(?:,|$)/y;
const EMPTY = /[ \t]*,/y;
/** As RFC 9110 section 12.4.2 has it, and `.2`, which clients may send. */
const WEIGHT = /^(?:0?\.\d{1,3}|0\.?|1(?:\.0{0,3})?)$/;

/**
 * Which of the offered media types answers the request. Of two with equal weight the one named later in the header
 * wins (docs/http-api.md#which-media-type-wins); of two that the same range covers, the
 * one offered first. No header: the first offered. Throws 400 on a header that can't be read and 406 where nothing
 * fits.
 */
export function chooseMediaType(accept: string | undefined, offered: readonly string[]): string {
  if (accept === undefined || accept.trim() === '') return offered[0] as string;
  if (accept === '*/*') return offered[0] as string;
  if (offered.includes(accept)) return accept;
  const ranges = readRanges(accept);
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

function readRanges(accept: string): readonly MediaRange[] {
  const ranges: MediaRange[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(accept);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const unreadable = () => new ApiError('bad_request', { reason: 'the accept header is not a list of media types' });
  while (accept.slice(at, at + 1) !== '') {
    if (match(EMPTY)) continue;
    const range = match(RANGE);
    if (!range) {
      if (accept.slice(at).trim() === '') break;
      throw unreadable();
    }
    if (ranges.length === MAX_RANGES) {
      throw new ApiError('bad_request', { reason: `the accept header has more than ${MAX_RANGES} media types` });
    }
    const [, type = '*', subtype = '*'] = range;
    let weight: number | undefined;
    for (let found = match(PARAMETER); found; found = match(PARAMETER)) {
      const [, name, value] = found;
      // The first `q` is the weight; what follows it are extensions.
      if (weight === undefined && name?.toLowerCase() === 'q') weight = readWeight(value);
    }
    if (!match(END)) throw unreadable();
    ranges.push({ type: type.toLowerCase(), subtype: subtype.toLowerCase(), weight: weight ?? 1 });
  }
  return ranges;
}

function readWeight(text: string | undefined): number {
  if (text === undefined || !WEIGHT.test(text)) {
    throw new ApiError('bad_request', { reason: 'a weight in the accept header is not between 0 and 1' });
  }
  return Number(text);
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
