import { compileGroup } from '../../../src/firewall/policy/compile-group.js';
import { POLICY_PARTS, type Policy } from '../../../src/firewall/policy/policy.js';
import { wantedSets } from '../../../src/firewall/policy/wanted-sets.js';
import { compileWantedSets } from '../../../src/firewall/sets/compile-sets.js';
import type { Fleet } from '../../../src/sim/sim-fleet.js';
import type { JsonObject } from '../../../src/model/document.js';
import { textOf } from '../../../src/model/text-of.js';
import { sameJson } from '../../../src/model/same-json.js';
import type { AuditEntry, Store } from '../../../src/store/store.js';
import type { Edit } from './editors.js';

/** The policy as the store has it, read anew: nothing that the server keeps in memory is used. */
export async function storedPolicy(store: Store): Promise<Policy> {
  const tables = POLICY_PARTS.map(async (part) => {
    const rows = await store.list(part);
    return [part, new Map(rows.map(({ doc }) => [doc.id, doc]))] as const;
  });
  return Object.fromEntries(await Promise.all(tables)) as unknown as Policy;
}

/** What hosts run that is not a fresh compile of the stored state, in words; empty when all is right. */
export async function differences(store: Store, fleet: Fleet, dialect: 'dog1' | 'dog2'): Promise<readonly string[]> {
  const policy = await storedPolicy(store);
  const sets = compileWantedSets(wantedSets(policy, dialect).wanted, dialect);
  const groups = new Map([...policy.group.values()].map((group) => [group.name, group.id]));
  const hosts = new Map([...policy.host.values()].map((host) => [host.hostkey, host]));
  const found: string[] = [];
  for (const { hostkey, hashes, lastError } of fleet.progress()) {
    const group = textOf(hosts.get(hostkey)?.group);
    const id = groups.get(group);
    if (id === undefined) {
      found.push(`${hostkey}: not registered, or in no group (${group})`);
      continue;
    }
    const fresh = compileGroup(policy, id, { dialect, generateUnset: false });
    if (!fresh.ok) {
      found.push(`${group}: ${fresh.error.message}`);
      continue;
    }
    const wanted = {
      hash4_ipsets: fresh.set4.hash,
      hash6_ipsets: fresh.set6.hash,
      hash4_iptables: fresh.unset4.hash,
      hash6_iptables: fresh.unset6.hash,
      ipset_hash: sets.hash,
    };
    const wrong = Object.entries(wanted).filter(([field, hash]) => hashes[field as keyof typeof hashes] !== hash);
    if (wrong.length > 0) {
      found.push(`${hostkey} in ${group}: ${wrong.map(([field]) => field).join(', ')} (${lastError ?? 'ok'})`);
    }
  }
  return found;
}

/** The whole audit trail, newest first. */
export async function wholeTrail(store: Store): Promise<readonly AuditEntry[]> {
  const trail: AuditEntry[] = [];
  for (;;) {
    const last = trail.at(-1)?.seq;
    const page = await store.audit({ limit: 1000, ...(last === undefined ? {} : { beforeSeq: last }) });
    trail.push(...page);
    if (page.length < 1000) return trail;
  }
}

/**
 * Answered edits that are not in the trail as they were sent, and refused ones that are; in words. An edit without an
 * answer, or whose outcome the answer calls unknown, may be there or not.
 */
export function auditFaults(edits: readonly Edit[], trail: readonly AuditEntry[]): readonly string[] {
  const byAuthor = new Map(trail.map((entry) => [entry.author, entry]));
  const found: string[] = [];
  for (const { author, resource, id, sent, status, text } of edits) {
    const entry = byAuthor.get(author);
    const done = status === 303 || (status >= 200 && status < 300);
    const is = `${author} of ${resource} ${id}, answered ${status}`;
    if (!done) {
      if (entry !== undefined && status >= 400 && !/unknown/.test(text)) found.push(`${is}: it is in the trail`);
      continue;
    }
    if (entry === undefined) found.push(`${is}: not in the trail`);
    else if (entry.table !== resource || entry.id !== id)
      found.push(`${is}: the trail has it as ${entry.table} ${entry.id}`);
    else {
      const after = (entry.after ?? {}) as JsonObject;
      const kept = Object.keys(sent).filter((key) => !sameJson(after[key], sent[key]));
      if (kept.length > 0) found.push(`${is}: the trail has another ${kept.join(', ')}`);
    }
  }
  return found;
}

/** Documents that are not what the last edit made them; those whose last edit had no clear answer are left out. */
export function lostEdits(edits: readonly Edit[], policy: Policy): readonly string[] {
  const last = new Map<string, Edit>();
  for (const edit of edits) {
    // Moves of hosts are also made by agents' reports.
    if (edit.resource !== 'host' && !(edit.status >= 400 && !/unknown/.test(edit.text))) last.set(edit.id, edit);
  }
  return [...last.values()].flatMap(({ author, resource, id, sent, status }) => {
    if (status === 0 || status >= 400) return [];
    const doc = policy[resource as 'zone'].get(id);
    const same = Object.keys(sent).every((key) => sameJson(doc?.[key], sent[key]));
    return same ? [] : [`${author}: ${resource} ${id} is not what it was made`];
  });
}
