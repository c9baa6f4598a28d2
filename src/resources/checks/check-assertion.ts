import { readAddress } from '../../firewall/addresses/canonical-address.js';
import { protocolNumber } from '../../firewall/rules/protocol-names.js';
import type { Document, Json, JsonObject, Resource } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { CheckNeeds } from '../resource.js';
import type { Finding, Verdict } from './finding.js';

/** tcp, udp, dccp, sctp, udplite: those that have ports. */
const WITH_PORTS: ReadonlySet<number | undefined> = new Set([6, 17, 33, 132, 136]);
/** icmp, ipv6-icmp. */
const WITH_TYPES: ReadonlySet<number | undefined> = new Set([1, 58]);

/** Groups without a document that an end may name; what `self` is depends on who asks. */
const WITHOUT_DOCUMENT: ReadonlySet<string> = new Set(['all-active', 'internal-active', 'external-active']);

const END_SHAPE = '"any", an address, a network, host:NAME, group:NAME or zone:NAME';

function fault(path: string, value: Json, description: string, reason: string): Finding {
  return { violation: { errorType: 'no_match', path: [path], value, schema: { description }, reason } };
}

/**
 * What is wrong with an assertion that its schema can't see: ends that are none, ends that name what there is not, and
 * ports or types of protocols that have none. An end that is stored already may stay: what it names may be gone since.
 */
export async function checkAssertion(
  doc: JsonObject,
  before: Document | undefined,
  needs: CheckNeeds,
): Promise<Verdict> {
  const finding = protocolFinding(doc);
  if (finding !== undefined) return { finding };
  for (const field of ['from', 'to'] as const) {
    const found = doc[field] === before?.[field] ? undefined : await endFinding(field, textOf(doc[field]), needs);
    if (found !== undefined) return { finding: found };
  }
  return {};
}

function protocolFinding({ protocol, port, icmp_type: type, icmp_code: code }: JsonObject): Finding | undefined {
  const name = textOf(protocol);
  const number = name === 'any' ? undefined : protocolNumber(name === 'icmpv6' ? 'ipv6-icmp' : name);
  if (number === undefined && name !== 'any')
    return fault('protocol', name, 'a protocol', `${JSON.stringify(name)} is neither a protocol nor "any"`);
  if (port !== undefined && !WITH_PORTS.has(number))
    return fault('port', port, 'a port of tcp, udp, udplite, sctp or dccp', `${name} has no ports`);
  if (type !== undefined && !WITH_TYPES.has(number))
    return fault('icmp_type', type, 'an ICMP type', `${name} has no ICMP types`);
  if (code !== undefined && type === undefined)
    return fault('icmp_code', code, 'a code of icmp_type', 'a code needs icmp_type beside it');
  for (const [field, value, most] of [
    ['port', port, 65_535],
    ['icmp_type', type, 255],
    ['icmp_code', code, 255],
  ] as const)
    if (value !== undefined && Number(value) > most)
      return fault(field, value, `at most ${most}`, `must be at most ${most}`);
  return undefined;
}

/** How documents of a kind can be named in an end. */
const NAMED_BY: Readonly<Record<'host' | 'group' | 'zone', readonly string[]>> = {
  host: ['id', 'hostkey', 'name'],
  group: ['id', 'name'],
  zone: ['id', 'name'],
};

async function endFinding(field: string, text: string, needs: CheckNeeds): Promise<Finding | undefined> {
  if (text === 'any') return undefined;
  const [, kind, name = ''] = /^(host|group|zone):(.+)$/s.exec(text) ?? [];
  if (kind === undefined) {
    const read = readAddress(text, text.includes(':') ? 'v6' : 'v4');
    return read.ok ? undefined : fault(field, text, END_SHAPE, `it must be ${END_SHAPE}`);
  }
  const table = kind as 'host' | 'group' | 'zone';
  if (table === 'group' && WITHOUT_DOCUMENT.has(name)) return undefined;
  if (await isNamed(table, name, needs)) return undefined;
  return fault(field, text, END_SHAPE, `there is no ${kind} ${JSON.stringify(name)}`);
}

async function isNamed(table: Resource & keyof typeof NAMED_BY, name: string, needs: CheckNeeds): Promise<boolean> {
  for (const by of NAMED_BY[table]) if ((await needs.find(table, by, name)).length > 0) return true;
  return false;
}
