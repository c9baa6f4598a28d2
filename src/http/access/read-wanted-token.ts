import type { Json } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import { sentObject } from '../documents/sent-object.js';
import { ApiError } from '../errors.js';
import { TOKEN_SCOPES } from './tokens.js';

/** What `POST /api/V2/tokens` asks for. */
export interface SentToken {
  readonly name: string;
  readonly scopes: readonly string[];
  /** How long it is good; undefined: for ever. */
  readonly days: number | undefined;
}

/** A hundred years. */
const DAYS_MAX = 36_500;
const MEMBERS: readonly string[] = ['name', 'scopes', 'days'];

/** The new token that a body asks for. Throws 400 naming the field that is none, and what it must be. */
export function readWantedToken(body: Json): SentToken {
  const sent = sentObject(body);
  const unknown = Object.keys(sent).find((key) => !MEMBERS.includes(key));
  // A misspelt `days` would make a token that is good for ever.
  if (unknown !== undefined) throw refused(unknown.slice(0, 100), `is not known: a token has ${MEMBERS.join(', ')}`);
  const { name, scopes, days } = sent;
  if (typeof name !== 'string') throw refused('name', 'must be a string');
  if (!isList(scopes) || !scopes.every((scope) => typeof scope === 'string') || scopes.length > TOKEN_SCOPES.length)
    throw refused('scopes', `must be a list of ${TOKEN_SCOPES.join(', ')}, each once`);
  if (days !== undefined && days !== null && !(typeof days === 'number' && days > 0 && days <= DAYS_MAX))
    throw refused('days', `must be a number of days above 0, at most ${DAYS_MAX}; without it, it is good for ever`);
  return { name, scopes: scopes, days: days ?? undefined };
}

function refused(field: string, rule: string): ApiError {
  return new ApiError('bad_request', { reason: `${field} ${rule}` }, { body: { field } });
}
