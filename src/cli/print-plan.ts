import { type AddressesJson, addressesText } from '../analysis/index.js';
import type { JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { witnessText } from './assertions/witness-text.js';

type Rows = readonly JsonObject[];

/** Nets of a flow that its line shows. */
const NETS_SHOWN = 4;

/** A plan's answer as text: what is stored, what ships, what opens and closes, and how to apply it. */
export function printPlan(plan: JsonObject): string {
  const stores = plan['stores'] as Rows;
  if (stores.length === 0) return 'nothing would change\n';
  const groups = plan['groups'] as Rows;
  const lines = [
    ...stores.map((row) => `${textOf(row['becomes'])} ${textOf(row['table'])} ${textOf(row['id'])}`),
    ...groups.flatMap(groupLines),
    ...(plan['sets'] as Rows).flatMap((set) => [
      `set ${textOf(set['name'])}: ${Number(set['added_count'])} added, ${Number(set['removed_count'])} removed`,
      ...(set['added'] as readonly string[]).map((address) => `  + ${address}`),
      ...(set['removed'] as readonly string[]).map((address) => `  - ${address}`),
    ]),
    ...[...(plan['assertions'] as Rows), ...(plan['guards'] as Rows)].flatMap(judgedLines),
    ...(plan['warnings'] as Rows).map(
      (one) => `warning ${textOf(one['code'])}: ${textOf(one['message'])} ${JSON.stringify(one['where'])}`,
    ),
    `${Number(plan['hosts_touched'])} hosts would get something`,
    `plan ${textOf(plan['id'])}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** An assertion or guard that becomes another, or is not as it should be. */
function judgedLines({ name, mode, before, after, witness, reason }: JsonObject): readonly string[] {
  if (before === after && after === 'holds') return [];
  const weight = mode === 'warn' ? ' (only a warning)' : '';
  return [
    `asserted: ${textOf(name)}: ${textOf(before)} -> ${textOf(after)}${weight}`,
    ...(witness === null || witness === undefined ? [] : [`  ${witnessText(witness as JsonObject)}`]),
    ...(typeof reason === 'string' ? [`  ${reason}`] : []),
  ];
}

function groupLines(group: JsonObject): readonly string[] {
  const flows = (key: 'opens' | 'closes' | 'changes') =>
    (group[key] as Rows).map((flow) => {
      const peer = addressesText(flow['peer'] as AddressesJson, NETS_SHOWN);
      const ports = flow['ports'] === null ? '' : ` ${textOf(flow['ports'])}`;
      const types = flow['icmp_types'] === undefined ? '' : ` type ${textOf(flow['icmp_types'])}`;
      // What opens for new connections is what people ask about; anything else is named.
      const states = textOf(flow['state'] ?? 'any').split(',');
      const state = states.includes('NEW') ? '' : ` (${states.join(', ')} only)`;
      const what = `${textOf(flow['direction'])} ${textOf(flow['protocol'])}${ports}${types}${state}, ${peer}`;
      return `  ${key} ${what}: ${textOf(flow['before'])} -> ${textOf(flow['after'])}`;
    });
  const { diff } = group['v4'] as JsonObject;
  const { diff: diff6 } = group['v6'] as JsonObject;
  return [
    `group ${textOf(group['name'])}, ${Number(group['hosts'])} hosts`,
    ...flows('opens'),
    ...flows('closes'),
    ...flows('changes'),
    ...(group['unclear'] === null ? [] : [`  what opens and closes is not clear: ${textOf(group['unclear'])}`]),
    ...[diff, diff6].map((text) => textOf(text).trimEnd()).filter((text) => text !== ''),
  ];
}
