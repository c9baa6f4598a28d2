import { textOf } from '../../model/text-of.js';
import type { ServerContext } from '../context.js';
import type { RulesetOutput } from '../groups/ruleset-outputs.js';
import { hostRuleset } from './publications.js';
import { reportDropped } from './report-dropped.js';

/**
 * Agents that were moved over the API go on listening to their old group
 * (docs/protocol.md#the-first-message-costs-the-queue): members of this group that listen elsewhere get their own copy,
 * and those of other groups that listen here get theirs after it.
 */
export function sendToAstray(context: ServerContext, output: RulesetOutput): void {
  const { world, outputs, outbox, system } = context;
  const copies = [
    ...world.deafMembers(output.groupName).map((host) => ({ host, output })),
    ...world.strayListeners(output.groupName).flatMap((host) => {
      const group = typeof host.group === 'string' ? world.groupByName(host.group) : undefined;
      const own = group === undefined ? undefined : outputs.get(group.id);
      return own === undefined ? [] : [{ host, output: own }];
    }),
  ];
  for (const { host, output: own } of copies) {
    const hostkey = textOf(host.hostkey);
    const put = {
      target: `host/${hostkey}`,
      class: 'host',
      after: [`group/${output.groupId}`],
      publication: hostRuleset(own, hostkey, system.clock.now()),
    } as const;
    reportDropped(context, put, outbox.put(put));
  }
}
