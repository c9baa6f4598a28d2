import type { JsonObject } from '../../model/document.js';
import { MESSAGE_LIMITS } from '../decode-limits.js';
import { termFromJson } from '../json.js';
import { atom, binaryText, map } from '../term.js';
import { decodeConfigEnvelope, encodeEnvelope, type Stamp } from './envelope.js';
import { fieldText } from './field-value.js';
import { MessageError } from './message-error.js';

/**
 * The four fields of a host's row that an agent reads; it crashes when one is missing
 * (docs/protocol.md#host-configuration).
 */
export interface HostConfig {
  readonly hostkey: string;
  readonly group: string;
  readonly location: string;
  readonly environment: string;
}

/** The message on exchange `config`, key the hostkey. `host` is the whole row or just the four fields. */
export function encodeConfig(host: HostConfig & JsonObject, stamp: Stamp): Buffer {
  return encodeEnvelope(map([[atom('config'), termFromJson(host)]]), stamp);
}

/** What an agent takes from it. @throws MessageError where the agent would crash. */
export function decodeConfig(body: Uint8Array): HostConfig {
  const config = decodeConfigEnvelope(body, MESSAGE_LIMITS);
  const field = (name: string): string => {
    const value = config.entries.find(([key]) => binaryText(key) === name)?.[1];
    if (value === undefined) throw new MessageError('missing_field', name, `${name}: missing`);
    return fieldText(name, 1024, value);
  };
  return {
    hostkey: field('hostkey'),
    group: field('group'),
    location: field('location'),
    environment: field('environment'),
  };
}
