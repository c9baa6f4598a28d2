import type { ConnectionQuery } from '../../analysis/index.js';
import { AnalysisError, hasPorts, isIcmp, readProtocolValue } from '../../analysis/index.js';
import type { Json, JsonObject } from '../../model/document.js';
import { isObject } from '../../model/validate.js';
import { ApiError } from '../errors.js';

/** A bad field of a question: 400 with its name. */
export function badField(field: string, reason: string): ApiError {
  return new ApiError('bad_request', { reason: `${field}: ${reason}` }, { body: { field } });
}

/** The body as an object with only these keys. */
export function questionBody(body: Json, keys: readonly string[]): JsonObject {
  if (!isObject(body)) throw new ApiError('bad_request', { reason: 'the body must be an object' });
  const unknown = Object.keys(body).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw badField(unknown, `is not known: there are ${keys.join(', ')}`);
  return body;
}

/** Longest text of an end: names are far shorter. */
const END_CHARS = 300;

/** The text of an end. */
export function endText(body: JsonObject, field: string): string {
  const value = body[field];
  if (typeof value !== 'string' || value === '') {
    throw badField(field, 'must be "any", an address, a network, host:NAME, group:NAME or zone:NAME');
  }
  if (value.length > END_CHARS) throw badField(field, `must have at most ${END_CHARS} characters`);
  return value;
}

function whole(body: JsonObject, field: string, most: number): number | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) {
    throw badField(field, `must be a whole number from 0 to ${most}`);
  }
  return value;
}

function device(body: JsonObject, field: 'in' | 'out'): string | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '' || value.length > 15) {
    throw badField(field, 'must be the name of an interface, at most 15 characters');
  }
  return value;
}

function protocolOf(body: JsonObject): number | null {
  const { protocol } = body;
  if (protocol === undefined || protocol === 'any') return null;
  try {
    return readProtocolValue(protocol, 'protocol');
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    throw badField('protocol', 'must be any, a name as tcp or icmp, or a number from 0 to 255');
  }
}

/** What is asked of a connection besides its ends. @throws ApiError 400 that names the field */
export function readQuestion(body: JsonObject): ConnectionQuery {
  const protocol = protocolOf(body);
  const numbers = {
    port: whole(body, 'port', 65_535),
    sourcePort: whole(body, 'source_port', 65_535),
    icmpType: whole(body, 'icmp_type', 255),
    icmpCode: whole(body, 'icmp_code', 255),
  };
  for (const [key, field] of [['port', 'port'] as const, ['sourcePort', 'source_port'] as const]) {
    if (numbers[key] !== undefined && (protocol === null || !hasPorts(protocol))) {
      throw badField(field, 'only tcp, udp, sctp, dccp and udplite have ports');
    }
  }
  for (const [key, field] of [['icmpType', 'icmp_type'] as const, ['icmpCode', 'icmp_code'] as const]) {
    if (numbers[key] !== undefined && (protocol === null || !isIcmp(protocol))) {
      throw badField(field, 'only icmp and ipv6-icmp have types');
    }
  }
  if (numbers.icmpCode !== undefined && numbers.icmpType === undefined)
    throw badField('icmp_code', 'give icmp_type too');
  let { family } = body;
  if (family !== undefined && family !== 'v4' && family !== 'v6') throw badField('family', 'must be v4 or v6');
  if (numbers.icmpType !== undefined) {
    // Types have other numbers in the other family.
    const own = body.protocol === 'icmp' || body.protocol === 1 || body.protocol === '1' ? 'v4' : 'v6';
    if (family !== undefined && family !== own) throw badField('family', `ICMP types of this protocol are of ${own}`);
    family = own;
  }
  const places = { in: device(body, 'in'), out: device(body, 'out'), family };
  const given = Object.entries({ ...numbers, ...places }).filter(([, value]) => value !== undefined);
  return { protocol, ...(Object.fromEntries(given) as Omit<ConnectionQuery, 'protocol'>) };
}
