import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../src/model/document.js';
import { RULE, type Answer, type Client } from '../../support/api-client.js';

/** What is edited while the faults go on. Ids by table. */
export interface Documents {
  readonly zones: readonly string[];
  readonly profiles: readonly string[];
  readonly rulesets: readonly string[];
  readonly groups: readonly string[];
}

/** One edit that was answered, and what it wrote. The author is the edit's own, so that the audit trail can be asked. */
export interface Edit {
  readonly author: string;
  readonly resource: string;
  readonly id: string;
  readonly sent: JsonObject;
  readonly status: number;
  readonly text: string;
}

export const ZONE_NAMES = ['office', 'partners', 'backup'] as const;

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}
function some<T>(most: number, make: (i: number) => T): T[] {
  return Array.from({ length: 1 + Math.floor(Math.random() * most) }, (_, i) => make(i));
}

/** Creates zones, and groups each with a profile and ruleset of its own. */
export async function createDocuments(api: Client, groupNames: readonly string[]): Promise<Documents> {
  const create = async (resource: string, doc: JsonObject): Promise<string> => {
    const answer = await api('POST', `/api/V2/${resource}`, doc);
    if (answer.status !== 201) throw new Error(`POST ${resource} answered ${answer.status}: ${answer.text}`);
    return answer.json.id as string;
  };
  const documents = {
    zones: [] as string[],
    profiles: [] as string[],
    rulesets: [] as string[],
    groups: [] as string[],
  };
  for (const [i, name] of ZONE_NAMES.entries()) {
    const doc = { name, ipv4_addresses: [`192.0.2.${i + 1}`], ipv6_addresses: [] };
    documents.zones.push(await create('zone', doc));
  }
  for (const name of groupNames) {
    const profile = await create('profile', { name, version: '1.0' });
    documents.profiles.push(profile);
    const rules = { inbound: [RULE], outbound: [RULE] };
    documents.rulesets.push(await create('ruleset', { name, profile_id: profile, rules }));
    const doc = { name, description: '', profile_id: profile, profile_name: name, profile_version: 'latest' };
    documents.groups.push(await create('group', doc));
  }
  return documents;
}

/** The documents as `count` editors share them out: no two edit the same one, so the last edit of each is known. */
export function shareOut(documents: Documents, groupNames: readonly string[], count: number, editor: number) {
  const mine = <T>(list: readonly T[]): T[] => list.filter((_, i) => i % count === editor);
  const { zones, profiles, rulesets, groups } = documents;
  return {
    zones: mine(zones),
    zoneNames: mine(ZONE_NAMES),
    profiles: mine(profiles),
    rulesets: mine(rulesets),
    groups: mine(groups),
    groupNames: mine(groupNames),
  };
}

/** What edit number `n` sends, and where; hosts are moved only among the groups there are. */
function chooseEdit(
  n: number,
  all: Documents,
  mine: ReturnType<typeof shareOut>,
  groupNames: readonly string[],
  hosts: readonly { readonly id: string; readonly name: string }[],
): { readonly resource: string; readonly id: string; readonly sent: JsonObject } {
  const marker = `edit ${n}`;
  const own = `10.${100 + ((n >> 16) & 63)}.${(n >> 8) & 255}.${n & 255}`;
  const kind = Math.random();
  if (kind < 0.35) {
    const i = Math.floor(Math.random() * mine.zones.length);
    const ipv4_addresses = [own, ...some(20, (k) => `198.51.${k}.${Math.floor(Math.random() * 256)}`)];
    const sent = { name: mine.zoneNames[i] as string, ipv4_addresses, ipv6_addresses: [`2001:db8::${n.toString(16)}`] };
    return { resource: 'zone', id: mine.zones[i] as string, sent };
  }
  const i = Math.floor(Math.random() * mine.groups.length);
  const name = mine.groupNames[i] as string;
  if (kind < 0.75) {
    const inbound = some(6, (k) => ({
      ...RULE,
      ...pick([
        { group_type: 'ZONE', group: pick(all.zones) },
        { group_type: 'ROLE', group: pick(all.groups) },
        { group_type: 'ROLE', group: 'all-active' },
        {},
      ]),
      order: k,
      comment: `${marker} rule ${k}`,
    }));
    const profile_id = mine.profiles[i] as string;
    const sent = { name, profile_id, rules: { inbound, outbound: [{ ...RULE, comment: marker }] } };
    return { resource: 'ruleset', id: mine.rulesets[i] as string, sent };
  }
  const host = kind < 0.85 ? pick(hosts) : undefined;
  if (host !== undefined) {
    return { resource: 'host', id: host.id, sent: { name: host.name, group: pick(groupNames), vars: { marker } } };
  }
  const profile_id = Math.random() < 0.3 ? pick(all.profiles) : (mine.profiles[i] as string);
  const sent = { name, description: marker, profile_id, external_ipv4_addresses: [own] };
  return { resource: 'group', id: mine.groups[i] as string, sent };
}

/** Edits over HTTP, one after the other, until told to stop; gives every edit and how it was answered. */
export async function editUntil(
  signal: AbortSignal,
  scene: {
    readonly api: Client;
    readonly documents: Documents;
    readonly groupNames: readonly string[];
    readonly hosts: () => readonly { readonly id: string; readonly name: string }[];
    readonly pauseMs: number;
    readonly editors: number;
    /** From 0. */
    readonly editor: number;
  },
): Promise<readonly Edit[]> {
  const edits: Edit[] = [];
  const mine = shareOut(scene.documents, scene.groupNames, scene.editors, scene.editor);
  for (let n = 1 + scene.editor; !signal.aborted; n += scene.editors) {
    const author = `edit-${n}`;
    const { resource, id, sent } = chooseEdit(n, scene.documents, mine, scene.groupNames, scene.hosts());
    const answer = await asked(scene.api, `/api/V2/${resource}/${id}`, sent, author);
    edits.push({ author, resource, id, sent, status: answer.status, text: answer.text });
    await sleep(scene.pauseMs * Math.random() * 2);
  }
  return edits;
}

/** A connection that fails, as when the listener's actor is killed, is an edit without an answer: status 0. */
async function asked(
  api: Client,
  path: string,
  sent: JsonObject,
  author: string,
): Promise<Pick<Answer, 'status' | 'text'>> {
  try {
    return await api('PUT', path, sent, { 'x-consumer-username': author });
  } catch (error) {
    return { status: 0, text: error instanceof Error ? `${error.message}: ${String(error.cause)}` : String(error) };
  }
}
