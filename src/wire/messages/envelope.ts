import { decodeTerm } from '../decode.js';
import type { DecodeLimits } from '../decode-limits.js';
import { encodeTerm } from '../encode.js';
import { TermError } from '../term-error.js';
import { atom, atomKey, integer, list, propertyOf, tuple, type PidTerm, type Term } from '../term.js';
import { MessageError } from './message-error.js';

/** The sender, and its wall clock time. No receiver reads either (docs/protocol.md#envelope). */
export interface Stamp {
  readonly localTime: {
    readonly date: readonly [number, number, number];
    readonly time: readonly [number, number, number];
  };
  readonly pid: PidTerm;
}

/** A pid for senders that are not Erlang nodes: any id will do (docs/protocol.md#terms). */
export const SENDER_PID: PidTerm = { kind: 'pid', node: 'nonode@nohost', id: 300, serial: 0, creation: 0 };

/** The stamp of a moment, in this machine's time zone as Erlang's `local_time` is. */
export function stampAt(moment: Date, pid: PidTerm = SENDER_PID): Stamp {
  return {
    localTime: {
      date: [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()],
      time: [moment.getHours(), moment.getMinutes(), moment.getSeconds()],
    },
    pid,
  };
}

/** The pairs `{local_time, …}` and `{pid, …}` that every message carries. */
export function stampPairs({ localTime, pid }: Stamp): readonly Term[] {
  const date = tuple(...localTime.date.map(integer));
  const time = tuple(...localTime.time.map(integer));
  return [pair('local_time', tuple(date, time)), pair('pid', pid)];
}

/** `{name, value}` with an atom for the name. */
export function pair(name: string, value: Term): Term {
  return tuple(atom(name), value);
}

/** A message in the common envelope: `[{count,1},{local_time,…},{pid,…},{user_data,UserData}]`. */
export function encodeEnvelope(userData: Term, stamp: Stamp): Buffer {
  return encodeTerm(list([pair('count', integer(1)), ...stampPairs(stamp), pair('user_data', userData)]));
}

/**
 * The `user_data` of an enveloped message; the other parts are ignored, as receivers do.
 * @throws MessageError `malformed_term` or `malformed_envelope`.
 */
export function decodeEnvelope(body: Uint8Array, limits: DecodeLimits): Term {
  const message = decodeMessageTerm(body, limits);
  const userData = propertyOf(message, 'user_data');
  if (userData === undefined) {
    throw new MessageError('malformed_envelope', 'user_data', 'no property list with {user_data, …}');
  }
  return userData;
}

/** The `config` member of an envelope's user data: what reports and config messages hold. */
export function decodeConfigEnvelope(body: Uint8Array, limits: DecodeLimits): Term & { kind: 'map' } {
  const config = atomKey(decodeEnvelope(body, limits), 'config');
  if (config?.kind !== 'map') {
    throw new MessageError('malformed_envelope', 'config', 'user_data is no map with a map under the atom config');
  }
  return config;
}

/** The term of a message, its `TermError` turned into a refusal that can be counted. */
export function decodeMessageTerm(body: Uint8Array, limits: DecodeLimits): Term {
  try {
    return decodeTerm(body, limits);
  } catch (error) {
    if (!(error instanceof TermError)) throw error;
    throw new MessageError('malformed_term', undefined, `no external term: ${error.message}`, { cause: error });
  }
}
