import type { Json, JsonObject, Resource } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import { RESOURCES } from '../../resources/resources.js';
import { ApiError } from '../errors.js';
import { BASE } from '../routes/api-base.js';

/** One write of documents, as a client of v2 would make it. */
export interface PlannedWrite {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly resource: Resource;
  /** Undefined: the path names no document. */
  readonly id: string | undefined;
  readonly body: Json;
  /** The entity tag that the document is to have: 412 `stale` where it is another (docs/http-api.md#plans). */
  readonly ifMatch?: string;
}

/** Longer than any entity tag of ours. */
const TAG_MAX = 200;

/** The writes of `POST /api/V2/plan`. Throws 400 naming the first that is none. */
export function readWrites(value: Json | undefined, most: number): readonly PlannedWrite[] {
  if (!isList(value) || value.length === 0)
    throw new ApiError('bad_request', {
      reason: 'writes must be a list of {"method", "path", "body", "if_match"}, at least one',
    });
  if (value.length > most)
    throw new ApiError('bad_request', {
      reason: `writes has ${value.length} members; one plan takes at most ${most} (plan.writes_max)`,
    });
  return value.map(readWrite);
}

function readWrite(value: Json, index: number): PlannedWrite {
  const refuse = (reason: string): never => {
    throw new ApiError('bad_request', { reason: `writes[${index}]${reason}` }, { body: { index } });
  };
  if (!isObject(value)) return refuse(' must be an object with method, path and body');
  const { method, path, body = null, if_match: ifMatch = null } = value;
  if (method !== 'POST' && method !== 'PUT' && method !== 'DELETE')
    return refuse('.method must be POST, PUT or DELETE');
  if (typeof path !== 'string') return refuse('.path must be a string such as /api/V2/zone/ID');
  const named = pathOf(path);
  if (named === undefined)
    return refuse(
      `.path must be ${BASE.v2}/RESOURCE or ${BASE.v2}/RESOURCE/ID, without a query; it is ${path.slice(0, 200)}`,
    );
  if (method !== 'DELETE' && !isObject(body)) return refuse('.body must be an object, the document');
  if (ifMatch === null) return { method, path, ...named, body };
  if (method === 'POST') return refuse('.if_match is for PUT and DELETE: what is new has no entity tag');
  if (typeof ifMatch !== 'string' || ifMatch.length > TAG_MAX)
    return refuse(`.if_match must be an entity tag in double quotes, as etag has it, of at most ${TAG_MAX} characters`);
  return { method, path, ...named, body, ifMatch };
}

function pathOf(path: string): { readonly resource: Resource; readonly id: string | undefined } | undefined {
  if (!path.startsWith(`${BASE.v2}/`)) return undefined;
  const [name = '', id, ...rest] = path.slice(BASE.v2.length + 1).split('/');
  if (rest.length > 0 || path.includes('?') || !RESOURCES.has(name as Resource)) return undefined;
  try {
    return { resource: name as Resource, id: id === undefined || id === '' ? undefined : decodeURIComponent(id) };
  } catch {
    // A percent sign that begins no character.
    return undefined;
  }
}

/** The body as an object. */
export function planObject(body: Json): JsonObject {
  if (!isObject(body)) throw new ApiError('bad_json', { reason: 'it must be an object' });
  return body;
}
