import { textOf } from '../../model/text-of.js';
import type { ActorSystem } from '../../otp/index.js';
import type { FleetQuestions } from '../../plan/fleet-questions.js';
import { StoreError } from '../../store/store.js';
import { Slices } from '../../world/slices.js';
import type { World } from '../../world/world.js';
import type { FleetPages } from '../fleet-pages.js';
import { findHost } from '../find-host.js';
import { groupLines, type GroupLinesNeeds } from './group-lines.js';
import { groupPage, type GroupPageNeeds } from './group-page.js';
import { hostPage, type HostPageNeeds } from './host-page.js';

export type FleetPagesNeeds = HostPageNeeds &
  GroupPageNeeds &
  GroupLinesNeeds & {
    readonly system: Pick<ActorSystem, 'clock'>;
    readonly world: Pick<World, 'ready' | 'missing' | 'hostByKey'>;
  };

/** Pages that may be in work at one time: each takes memory for a list of the whole fleet. */
const MOST_AT_ONCE = 32;

/** Of a server that has policy and hosts in memory. `questions`: of the fleet as it is. */
export function fleetPages(needs: FleetPagesNeeds, questions: FleetQuestions): FleetPages {
  const { world, system, sets } = needs;
  const slices = new Slices();
  let inWork = 0;
  const run = async <Page>(work: () => Generator<void, Page>): Promise<Page> => {
    if (!world.ready) throw new StoreError('unavailable', `policy is not loaded yet: ${world.missing.join(', ')}`);
    if (inWork >= MOST_AT_ONCE) throw new StoreError('unavailable', `${MOST_AT_ONCE} pages are being made already`);
    inWork += 1;
    try {
      return await slices.run(work());
    } finally {
      inWork -= 1;
    }
  };
  return {
    hosts: (asked) => run(() => hostPage(needs, asked)),
    groups: (asked) => run(() => groupPage(needs, asked, Math.floor(system.clock.now() / 1000))),
    async lines(asked, askedHost, stop) {
      const group = world.rows('group').get(asked) ?? world.groupByName(asked);
      if (group === undefined) return 'unknown_group';
      const host = askedHost === undefined ? undefined : findHost(world, askedHost);
      if (askedHost !== undefined && (host === undefined || textOf(host.group) !== textOf(group.name)))
        return 'unknown_host';
      const hostkey = host === undefined ? undefined : textOf(host.hostkey);
      return questions.ask((of) => groupLines(needs, world.rows('group').get(group.id) ?? group, hostkey, of), {
        kind: 'short',
        ...(stop === undefined ? {} : { stop }),
      });
    },
    set(name, { offset, limit }) {
      const addresses = sets.published?.contents.get(name);
      if (addresses === undefined) return undefined;
      return { name, total: addresses.length, offset, limit, addresses: addresses.slice(offset, offset + limit) };
    },
  };
}
