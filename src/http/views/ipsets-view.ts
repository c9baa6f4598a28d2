import type { Dialect } from '../../firewall/dialect.js';
import { ownSets } from '../../firewall/policy/own-sets.js';
import type { Document, JsonObject } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import type { Fleet } from './builtin-groups.js';

const NONE: ReadonlyMap<string, Document> = new Map();

/** `GET /api/V2/ipsets`: this server's own sets by name, externals not merged in (docs/http-api.md#other-routes). */
export function ipsetsView(env: string, fleet: Fleet, zones: readonly Document[], dialect: Dialect): JsonObject {
  const byId = (documents: readonly Document[]) => new Map(documents.map((doc) => [doc.id, doc]));
  const policy = {
    group: byId(fleet.groups),
    host: byId(fleet.hosts),
    zone: byId(zones),
    external: NONE,
    link: NONE,
    profile: NONE,
    ruleset: NONE,
    service: NONE,
  };
  return { ipsets: { name: env, ...ownSets(policy, dialect) } };
}

/** `GET /zones/ips`: every address of every zone as stored, repeats included; what is no list or no text is left out. */
export function zoneAddresses(zones: readonly Document[]): readonly string[] {
  return zones
    .flatMap((zone) => [zone['ipv4_addresses'], zone['ipv6_addresses']])
    .flatMap((list) => (isList(list) ? list : []))
    .filter((item): item is string => typeof item === 'string');
}
