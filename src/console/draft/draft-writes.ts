import type { JsonObject } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import { DRAFT_RESOURCES, type DraftEntry, type DraftResource } from './draft-entry.js';
import { withPassword } from './link-password.js';

/** A write of `POST /api/V2/plan` (docs/http-api.md#plans). */
export interface DraftWrite {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
  readonly if_match?: string;
}

/** Entries in the order in which they can be written: what others name comes first, and goes last. */
export function inWritingOrder(entries: readonly DraftEntry[]): readonly DraftEntry[] {
  const rank = ({ resource }: DraftEntry) => DRAFT_RESOURCES.indexOf(resource);
  const written = entries.filter(({ wanted }) => wanted !== null).sort((a, b) => rank(a) - rank(b));
  const removed = entries.filter(({ wanted }) => wanted === null).sort((a, b) => removalRank(a) - removalRank(b));
  return [...written, ...removed];
}

/** A ruleset can't go before the profile that names it. */
const REMOVED: readonly DraftResource[] = ['assertion', 'group', 'profile', 'ruleset', 'service', 'zone', 'link'];

function removalRank({ resource }: DraftEntry): number {
  return REMOVED.indexOf(resource);
}

/** The write that makes a change of the draft. */
export function writeOf(entry: DraftEntry): DraftWrite {
  const { resource, id, etag, wanted } = entry;
  const path = `/api/V2/${resource}`;
  const tag = etag === null ? {} : { if_match: etag };
  if (wanted === null) return { method: 'DELETE', path: `${path}/${encodeURIComponent(id)}`, ...tag };
  const body = resource === 'link' ? withPassword(id, wanted) : wanted;
  if (entry.base === null) return { method: 'POST', path, body: { ...body, id } };
  return {
    method: 'PUT',
    path: `${path}/${encodeURIComponent(id)}`,
    body: resource === 'group' ? changedOf(entry.base, body) : body,
    ...tag,
  };
}

/** What goes from a group unless it is sent (docs/http-api.md#how-put-merges). */
const SENT_ALWAYS = ['name', 'vars', 'ec2_security_group_ids'];

/** A group's row holds hashes that the server writes, so of a group only what was changed is sent. */
function changedOf(base: JsonObject, wanted: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => SENT_ALWAYS.includes(key) || !sameJson(base[key], value)),
  );
}
