import type { Dialect } from '../../firewall/dialect.js';
import { ownSets } from '../../firewall/policy/own-sets.js';
import type { Document, JsonObject } from '../../model/document.js';
import type { Fleet } from '../../resources/views/builtin-groups.js';

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
