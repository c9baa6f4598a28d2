import { RULESET_VARIANTS } from '../../model/ruleset-variants.js';
import type { GroupLine } from '../../operations/fleet-answers.js';
import type { Store } from '../../store/store.js';
import { outputWithTexts } from '../documents/output-with-texts.js';
import { groupRulesetText } from '../views/group-ruleset.js';
import { ApiError } from '../errors.js';

export const FAMILIES = ['v4', 'v6'] as const;

/** How compiling the group went or, with a family behind its name, the text that its hosts are given. */
export async function compiled(
  groups: readonly GroupLine[],
  store: Pick<Store, 'get'>,
  argument: string,
): Promise<GroupLine | string> {
  const whole = named(groups, argument);
  if (whole !== undefined) return whole;
  const [, name = argument, family] = /^(.*\S) (v4|v6)$/.exec(argument) ?? [];
  const group = named(groups, name);
  if (group === undefined) throw new ApiError('not_found', {}, { text: `there is no group ${name}` });
  const variant = RULESET_VARIANTS.find((each) => each.type === 'ipsets' && each.family === family);
  const text = variant && groupRulesetText(await outputWithTexts(store, group.id), variant.key);
  if (text === undefined) throw new ApiError('not_found', {}, { text: `group ${name} has no ruleset yet` });
  // A comment, which iptables-restore passes over.
  if (group.error !== null) return `# the last good one, as ${name} does not compile: ${oneLine(group.error)}\n${text}`;
  return text;
}

function named(groups: readonly GroupLine[], text: string): GroupLine | undefined {
  return groups.find(({ name, id }) => name === text || id === text);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
