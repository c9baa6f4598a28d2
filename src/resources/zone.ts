import type { Document, Json, JsonObject } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import { profilesNaming } from '../model/references.js';
import { sharedEnds } from '../model/shared-ends.js';
import { textOf } from '../model/text-of.js';
import { isList } from '../model/validate.js';
import { addressViolation } from './checks/check-addresses.js';
import { setNameViolation } from './checks/check-set-name.js';
import { verdict } from './checks/finding.js';
import { idSchema } from './id-schema.js';
import type { WatchedResource } from './resource.js';
import { always, NAME, needs, TERRAFORM_IN_V2, usual } from './usual.js';
import { countRows } from './watch.js';

/** A dotted quad of 0 to 255 anywhere in the text; whether the whole text is an address is checked apart from the schema. */
const CONTAINS_IPV4 =
  '(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])';

/** Hexadecimal groups with at least two colons anywhere in the text. */
const CONTAINS_IPV6 = '([0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}';

/** zone (docs/http-api.md#zone). */
const zoneSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'zone',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, maxLength: 28, pattern: '^[A-Za-z0-9_.-](.*)$' },
    ipv4_addresses: { type: 'array', items: { type: 'string', pattern: CONTAINS_IPV4 } },
    ipv6_addresses: { type: 'array', items: { type: 'string', pattern: CONTAINS_IPV6 } },
  },
  required: ['name', 'ipv4_addresses', 'ipv6_addresses'],
};

const TEXTS: JsonSchema = { type: 'array', items: { type: 'string' } };

/** Frozen lists, which can't change any more, that were found to be in lower case: they are looked at once. */
const inLowerCase = new WeakSet<readonly Json[]>();

/** What a list begins and ends with as `before` does, which is in lower case, is not looked at. */
function isInLowerCase(list: readonly Json[], before: Json | undefined): boolean {
  if (inLowerCase.has(list)) return true;
  const known = isList(before) && inLowerCase.has(before) ? sharedEnds(before, list) : { head: 0, tail: 0 };
  const news = list.slice(known.head, list.length - known.tail);
  if (news.some((item) => typeof item === 'string' && /[A-Z\u0080-\uffff]/.test(item))) return false;
  if (Object.isFrozen(list)) inLowerCase.add(list);
  return true;
}

/** IPv6 addresses are stored in lower case (docs/http-api.md#zone). */
function lowerCaseIpv6(doc: JsonObject, before?: JsonObject): JsonObject {
  const addresses = doc['ipv6_addresses'];
  // Mostly they are, and then the list is not copied: it may be large.
  if (!isList(addresses) || isInLowerCase(addresses, before?.['ipv6_addresses'])) return doc;
  return { ...doc, ipv6_addresses: addresses.map((item) => (typeof item === 'string' ? item.toLowerCase() : item)) };
}

/** `GET /zones/ips`: every address of every zone as stored, repeats included; what is not a list or not a string is left out. */
function allAddresses(zones: readonly Document[]): readonly string[] {
  return zones
    .flatMap((zone) => [zone['ipv4_addresses'], zone['ipv6_addresses']])
    .flatMap((list) => (isList(list) ? list : []))
    .filter((item): item is string => typeof item === 'string');
}

export const zone: WatchedResource = {
  ...usual('zone', zoneSchema),
  createSchema: { v1: needs({ name: NAME, ipv6_addresses: TEXTS }), v2: zoneSchema },
  listsSchema: always(false),
  complete: (doc) => lowerCaseIpv6(doc),
  touch: (doc, _now, before) => lowerCaseIpv6(doc, before),
  check: async (doc, before, { run, dialect }) => {
    const fields = { v4: 'ipv4_addresses', v6: 'ipv6_addresses' };
    return verdict(
      setNameViolation('zone', doc, before) ?? (await run(addressViolation(doc, before, fields, dialect()))),
    );
  },
  usedBy: {
    versions: ['v1'],
    reason: 'in active profile',
    of: async (id, { list }) => profilesNaming(id, await list('ruleset'), await list('profile')),
  },
  list: { views: { ips: allAddresses } },
  terraform: { served: TERRAFORM_IN_V2, attributes: ['name', 'ipv4_addresses', 'ipv6_addresses'] },
  watch: {
    dirties: ({ id, before, after }, stale) => {
      stale.policy();
      stale.rulesNamingPeer(id);
      // Zones of one name share their addresses.
      stale.addressesOfZones([before?.name, after?.name]);
      stale.sets(`zone->${textOf(after?.name ?? before?.name)}`);
    },
    counts: countRows('zone_update'),
  },
};
