import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { GROUP_STATES, type GroupState } from '../fleet-answers.js';
import type { GroupPage, GroupRow, GroupsAsked, GroupSort } from '../fleet-pages.js';
import { groupLine, type FleetLinesNeeds } from '../fleet-lines.js';
import { convergedHosts, type ConvergedHostsNeeds } from './converged-hosts.js';
import { inPageOrder, type Sortable } from './in-page-order.js';

export type GroupPageNeeds = FleetLinesNeeds & ConvergedHostsNeeds;

interface Found extends Sortable {
  readonly row: GroupRow;
}

/** Hosts compared between two pauses. */
const A_STEP = 1000;

/** One page of the groups that match, with pauses. `now`: epoch seconds. */
export function* groupPage(needs: GroupPageNeeds, asked: GroupsAsked, now: number): Generator<void, GroupPage> {
  const { world } = needs;
  const { states, sort, order, offset, limit } = asked;
  const isConverged = convergedHosts(needs, now);
  const byState = Object.fromEntries(GROUP_STATES.map((state) => [state, 0])) as Record<GroupState, number>;
  const found: Found[] = [];
  let looked = 0;
  for (const group of [...world.rows('group').values()]) {
    if (!matches(group, asked)) continue;
    const line = groupLine(needs, group);
    byState[line.state] += 1;
    looked += 1 + line.hosts;
    if (states === undefined || states.has(line.state)) {
      let converged = 0;
      for (const host of world.hostsOf(line.name)) {
        if (isConverged(host)) converged += 1;
        looked += 1;
        if (looked < A_STEP) continue;
        looked = 0;
        yield;
      }
      const profile = textOf(group.profile_id);
      const row = { ...line, converged, profile_id: profile === '' ? null : profile };
      found.push({ row, id: row.id, name: row.name, key: keyOf(row, sort) });
    }
    if (looked < A_STEP) continue;
    looked = 0;
    yield;
  }
  const page = (yield* inPageOrder(found, order)).slice(offset, offset + limit);
  return { total: found.length, offset, limit, by_state: byState, groups: page.map(({ row }) => row) };
}

function matches(group: Document, { q, profile, group: wanted }: GroupsAsked): boolean {
  if (wanted !== undefined && group.id !== wanted && group.name !== wanted) return false;
  if (profile !== undefined && group.profile_id !== profile && group.profile_name !== profile) return false;
  const part = q.toLowerCase();
  return part === '' || [group.name, group.profile_name].some((text) => textOf(text).toLowerCase().includes(part));
}

function keyOf(row: GroupRow, sort: GroupSort): Sortable['key'] {
  switch (sort) {
    case 'name':
      return row.name;
    case 'hosts':
      return row.hosts;
    case 'converged':
      return row.converged;
    case 'published':
      return row.published_at;
    case 'state':
      return GROUP_STATES.indexOf(row.state);
  }
}
