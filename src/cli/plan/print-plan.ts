import { type AddressesJson, addressesText } from '../../analysis/addresses-json.js';
import type { PlanAnswer, PlannedGroup } from '../../http/plans/plan-answers.js';
import { counted } from '../../model/counted.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import { textOf } from '../../model/text-of.js';
import { witnessText } from '../assertions/witness-text.js';

/** Nets of a flow that its line shows. */
const NETS_SHOWN = 4;

/** A plan's answer as text: what is stored, what ships, what opens and closes, and how to apply it. */
export function printPlan(plan: PlanAnswer): string {
  if (plan.stores.length === 0) return 'nothing would change\n';
  const lines = [
    ...plan.stores.map(({ table, id, name, becomes }) => {
      // Servers before 0.3 do not say the name.
      const called = textOf(name) === '' || name === id ? '' : ` (${escapeHidden(name)})`;
      return `${becomes} ${table} ${escapeHidden(id)}${called}`;
    }),
    ...plan.groups.flatMap(groupLines),
    ...plan.sets.flatMap((set) => [
      `set ${set.name}: ${set.added_count} added, ${set.removed_count} removed`,
      ...set.added.map((address) => `  + ${address}`),
      ...set.removed.map((address) => `  - ${address}`),
    ]),
    ...[...plan.assertions, ...plan.guards].flatMap(judgedLines),
    ...plan.warnings.map(({ code, message, where }) => `warning ${code}: ${message} ${JSON.stringify(where)}`),
    `${counted(plan.hosts_touched, 'host')} would get something`,
    `plan ${plan.id}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** An assertion or guard that becomes another, or is not as it should be. */
function judgedLines({
  name,
  mode,
  before,
  after,
  witness,
  reason,
}: PlanAnswer['assertions'][number]): readonly string[] {
  if (before === after && after === 'holds') return [];
  const weight = mode === 'warn' ? ' (only a warning)' : '';
  return [
    `asserted: ${name}: ${before} -> ${after}${weight}`,
    ...(witness === null ? [] : [`  ${witnessText(witness)}`]),
    ...(typeof reason === 'string' ? [`  ${reason}`] : []),
  ];
}

function groupLines(group: PlannedGroup): readonly string[] {
  const flows = (key: 'opens' | 'closes' | 'changes') =>
    group[key].map((flow) => {
      const peer = addressesText(flow['peer'] as AddressesJson, NETS_SHOWN);
      const ports = flow['ports'] === null ? '' : ` ${textOf(flow['ports'])}`;
      const types = flow['icmp_types'] === undefined ? '' : ` type ${textOf(flow['icmp_types'])}`;
      // What opens for new connections is what people ask about; anything else is named.
      const states = textOf(flow['state'] ?? 'any').split(',');
      const state = states.includes('NEW') ? '' : ` (${states.join(', ')} only)`;
      const what = `${textOf(flow['direction'])} ${textOf(flow['protocol'])}${ports}${types}${state}, ${peer}`;
      return `  ${key} ${what}: ${textOf(flow['before'])} -> ${textOf(flow['after'])}`;
    });
  return [
    `group ${group.name}, ${counted(group.hosts, 'host')}`,
    ...flows('opens'),
    ...flows('closes'),
    ...flows('changes'),
    ...(group.unclear === null ? [] : [`  what opens and closes is not clear: ${group.unclear}`]),
    ...[group.v4.diff, group.v6.diff].map((text) => text.trimEnd()).filter((text) => text !== ''),
  ];
}
