import { isUtf8 } from 'node:buffer';
import type { Json, JsonObject } from '../../model/document.js';
import { MESSAGE_LIMITS, type DecodeLimits } from '../decode-limits.js';
import { atom, atomKey, binary, charlist, map } from '../term.js';
import { decodeEnvelope, encodeEnvelope, type Stamp } from './envelope.js';
import { type ApartLists, readLongLists } from './long-json-lists.js';
import { MessageError } from './message-error.js';

/** Addresses by name, of one family. */
export type FederatedFamily = {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly zones: Readonly<Record<string, readonly string[]>>;
};

/** An EC2 security group of a group. */
export type SecurityGroup = { readonly region: string; readonly sgid: string };

/** What one server sends to a linked one: its own groups and zones (docs/protocol.md#linked-servers). */
export interface FederatedSets {
  /**
   * The sender's `env`. Not proof of anything: compare it with the routing key and the link
   * (docs/protocol.md#the-name-in-the-body-proves-nothing).
   */
  readonly name: string;
  readonly v4: FederatedFamily;
  readonly v6: FederatedFamily;
  /** EC2 security groups by group name. */
  readonly ec2: Readonly<Record<string, readonly SecurityGroup[]>>;
}

/** All sets of a large fleet are a few MB of JSON in one binary. */
const LIMITS: DecodeLimits = { ...MESSAGE_LIMITS, maxBytes: 32 * 1024 * 1024, maxInflatedBytes: 32 * 1024 * 1024 };

/** The message for exchange `inbound` of the linked broker, key the sender's `env`. */
export function encodeFederation(sets: FederatedSets, stamp: Stamp): Buffer {
  const { name, v4, v6, ec2 } = sets;
  const json = JSON.stringify({ name, v4, v6, ec2 });
  return encodeEnvelope(
    map([
      [atom('ipsets'), binary(json)],
      [atom('name'), charlist(name)],
    ]),
    stamp,
  );
}

/** @throws MessageError naming the member that is wrong; addresses are strings, not checked further. */
export function decodeFederation(body: Uint8Array): FederatedSets {
  return readFederation(openFederation(body));
}

/**
 * The JSON of a message, unread: two messages with the same say the same, whenever they were sent.
 * @throws MessageError
 */
export function openFederation(body: Uint8Array): Buffer {
  const ipsets = atomKey(decodeEnvelope(body, LIMITS), 'ipsets');
  if (ipsets?.kind !== 'binary' || !isUtf8(ipsets.bytes)) {
    throw new MessageError('malformed_envelope', 'ipsets', 'ipsets: no binary of text in user_data');
  }
  return ipsets.bytes;
}

/** Reads what {@link openFederation} gave. @throws MessageError as {@link decodeFederation} does */
export function readFederation(json: Buffer): FederatedSets {
  return federatedSets(object('ipsets', parse(json.toString('utf8'))));
}

/** The same with pauses, however many addresses it has. @throws MessageError as {@link decodeFederation} does */
export function* readFederationInSteps(json: Buffer): Generator<void, FederatedSets> {
  const text = json.toString('utf8');
  yield;
  const apart = yield* readLongLists(text);
  return apart === undefined
    ? federatedSets(object('ipsets', parse(text)))
    : federatedSets(object('ipsets', apart.root), apart.listOf);
}

type ListOf = ApartLists['listOf'];

/**
 * Sees whether an object is what a message says, as the external of a link should be too. `listOf`: what its lists stand for.
 * @throws MessageError
 */
export function federatedSets(payload: JsonObject, listOf: ListOf = (list) => list): FederatedSets {
  const texts = (place: string, value: Json): readonly string[] => textList(place, listOf(array(place, value)));
  const family = (place: string, value: Json | undefined): FederatedFamily => {
    const { groups, zones } = object(place, value);
    return { groups: members(`${place}.groups`, groups, texts), zones: members(`${place}.zones`, zones, texts) };
  };
  if (typeof payload['name'] !== 'string') throw wrong('name', 'a string');
  return {
    name: payload['name'],
    v4: family('v4', payload['v4']),
    v6: family('v6', payload['v6']),
    ec2: members('ec2', payload['ec2'] ?? {}, (place, value) =>
      listOf(array(place, value)).map((entry, index) => {
        const { region, sgid } = object(`${place}[${index}]`, entry);
        if (typeof region !== 'string' || typeof sgid !== 'string')
          throw wrong(`${place}[${index}]`, 'region and sgid');
        return { region, sgid };
      }),
    ),
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new MessageError('wrong_type', 'ipsets', 'ipsets: no JSON', { cause });
  }
}

/** Not copied: hundreds of thousands come in one message. */
function textList(place: string, entries: readonly Json[]): readonly string[] {
  if (!areTexts(entries)) throw wrong(place, 'a list of strings');
  return entries;
}

function areTexts(entries: readonly Json[]): entries is readonly string[] {
  return entries.every((entry) => typeof entry === 'string');
}

function members<T>(
  place: string,
  value: Json | undefined,
  read: (place: string, value: Json) => T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(object(place, value));
  return Object.fromEntries(entries.map(([name, member]) => [name, read(`${place}.${name.slice(0, 40)}`, member)]));
}

function object(place: string, value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(place, 'an object');
  return value as JsonObject;
}

function array(place: string, value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw wrong(place, 'a list');
  return value as readonly Json[];
}

function wrong(place: string, wanted: string): MessageError {
  return new MessageError('wrong_type', place, `${place}: not ${wanted}`);
}
