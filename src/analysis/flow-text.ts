import type { AddressSet } from './address-set.js';
import { addressesJson, addressesText } from './addresses-json.js';
import { type Flow, flowKind } from './difference.js';
import { flowJson, packetJson } from './flow-json.js';
import type { Decision } from './verdict.js';

/** Nets that a line shows. */
const MOST_NETS = 4;

function peerText(set: AddressSet): string {
  return addressesText(addressesJson(set, []), MOST_NETS);
}

function becomes({ outcomes }: Decision): string {
  return outcomes
    .map(
      ({ verdict, rule, lineNumber }) =>
        `${verdict} by ${rule === null ? 'the policy' : `line ${lineNumber}: ${rule}`}`,
    )
    .join(', or ');
}

function said(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

const WORDS = { opens: 'opens', closes: 'closes', changes: 'changes' } as const;

/** A flow for people: a line of what, then before, after, and a packet that shows it. */
export function flowText(flow: Flow): string {
  const json = flowJson(flow);
  const inbound = flow.chain === 'INPUT';
  const ports = json.ports === null ? '' : ` port ${said(json.ports, '')}`;
  const types = json.icmp_types === undefined ? '' : ` type ${said(json.icmp_types, '')}`;
  const sources = json.source_ports === undefined ? '' : ` from port ${said(json.source_ports, '')}`;
  const own = json.own === undefined ? '' : `, own address ${peerText(inbound ? flow.box.dst : flow.box.src)}`;
  const device = json.interface === null ? '' : `, interface ${said(json.interface, '')}`;
  const except = json.except_interfaces === undefined ? '' : `, any interface but ${said(json.except_interfaces, '')}`;
  return [
    `${WORDS[flowKind(flow)]}: ${inbound ? 'inbound from' : 'outbound to'} ${peerText(inbound ? flow.box.src : flow.box.dst)}: ` +
      `${said(json.protocol, '')}${ports}${types}${sources}, state ${said(json.state, 'any')}${device}${except}${own}`,
    `  before: ${becomes(flow.before)}`,
    `  after:  ${becomes(flow.after)}`,
    `  packet: ${JSON.stringify(packetJson(flow.witness))}`,
    '',
  ].join('\n');
}
