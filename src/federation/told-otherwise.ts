import type { Family } from '../firewall/addresses/family.js';
import { fullText } from '../firewall/addresses/full-text.js';
import type { Policy } from '../firewall/policy/policy.js';
import type { Document } from '../model/document.js';
import { isList } from '../model/validate.js';

/** What the Erlang server lets through of IPv4: the form alone (docs/rulesets.md#where-addresses-come-from). */
const ANY_V4 = /^[0-9]{1,3}.[0-9]{1,3}.[0-9]{1,3}.[0-9]{1,3}(\/([0-9]|[12][0-9]|3[0-2]))?\n?$/;
/** Of IPv6 it is enough that something of that form is in it. */
const ANY_V6 = /[0-9a-f]*:[0-9a-f:.]+/i;
const FAMILIES: readonly (readonly [Family, RegExp, string])[] = [
  ['v4', ANY_V4, '/32'],
  ['v6', ANY_V6, '/128'],
];

/**
 * Addresses of our groups and zones that linked servers are told otherwise than the Erlang server told them, one sentence
 * each. It passes on how an address is written in a document, and much that is none; this server tells the one form in which the
 * kernel shows it. What hosts report is written in that form by themselves.
 */
export function toldOtherwise(policy: Pick<Policy, 'group' | 'zone'>): readonly string[] {
  return [...inDocuments('group', policy.group, 'external_ip'), ...inDocuments('zone', policy.zone, 'ip')];
}

function* inDocuments(kind: 'group' | 'zone', rows: ReadonlyMap<string, Document>, field: string): Generator<string> {
  for (const row of rows.values())
    for (const [family, form, length] of FAMILIES) {
      const list = row[`${field}${family}_addresses`];
      for (const text of isList(list) ? list : []) {
        if (typeof text !== 'string' || !form.test(text)) continue;
        const theirs = text.includes('/') ? text : `${text}${length}`;
        const ours = fullText(text, family);
        if (ours === theirs) continue;
        const name = typeof row.name === 'string' ? row.name.slice(0, 60) : row.id;
        yield `${kind} ${name}: the Erlang server tells ${JSON.stringify(theirs.slice(0, 60))}, this one ${ours ?? 'leaves that out'}`;
      }
    }
}
