import type { PageAsked } from '../../operations/fleet-pages.js';
import { ApiError } from '../errors.js';
import type { Parameter } from '../route.js';
import { wholeNumber } from './whole-number.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
/** No list is longer. */
const MAX_OFFSET = 9_999_999;
const MOST_CHARACTERS = 200;

export const OFFSET_AND_LIMIT: readonly Parameter[] = [
  { name: 'offset', description: 'How many to leave out before the page', schema: { type: 'integer', minimum: 0 } },
  {
    name: 'limit',
    description: `At most so many, by default ${DEFAULT_LIMIT}, at most ${MAX_LIMIT}`,
    schema: { type: 'integer', minimum: 1 },
  },
];

/** The parameters of a sorted page. */
export function pageParameters(sorts: readonly string[]): readonly Parameter[] {
  return [
    {
      name: 'sort',
      description: 'The order; the first of these by default. What is not known comes last',
      schema: { type: 'string', enum: [...sorts] },
    },
    {
      name: 'order',
      description: 'asc by default',
      schema: { type: 'string', enum: ['asc', 'desc'] },
    },
    ...OFFSET_AND_LIMIT,
  ];
}

/** Where a page begins and how long it is at most. Throws 400 on anything but whole numbers in bounds. */
export function offsetAndLimit(query: URLSearchParams): Pick<PageAsked<never>, 'offset' | 'limit'> {
  return {
    offset: wholeNumber(query, 'offset', 0, MAX_OFFSET) ?? 0,
    limit: wholeNumber(query, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
  };
}

/** The page that is asked for. Throws 400 on what is none. */
export function pageAsked<Sort extends string>(
  query: URLSearchParams,
  sorts: readonly [Sort, ...Sort[]],
): PageAsked<Sort> {
  return {
    sort: oneOf(query, 'sort', sorts) ?? sorts[0],
    order: oneOf(query, 'order', ['asc', 'desc']) ?? 'asc',
    ...offsetAndLimit(query),
  };
}

/** One of a few words; undefined: it is not there. Throws 400 on any other. */
export function oneOf<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new ApiError('bad_parameter', { name, reason: `give one of ${words.join(', ')}` });
}

/** Some of a few words, with commas between them; undefined: it is not there. Throws 400 on any other. */
export function someOf<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): ReadonlySet<Word> | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const given = text.split(',').map((word) => word.trim());
  const known = given.filter((word): word is Word => (words as readonly string[]).includes(word));
  if (known.length === given.length) return new Set(known);
  throw new ApiError('bad_parameter', { name, reason: `give some of ${words.join(', ')}` });
}

/** What is searched for; blank: it is not there. Throws 400 on a longer one than any name has. */
export function searched(query: URLSearchParams, name: string): string {
  const text = query.get(name) ?? '';
  if (text.length <= MOST_CHARACTERS) return text;
  throw new ApiError('bad_parameter', { name, reason: `give at most ${MOST_CHARACTERS} characters` });
}
