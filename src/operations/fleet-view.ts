import type { AlarmBook } from '../alarms/alarm-book.js';
import type { DriftBook } from '../actors/hosts/drift-book.js';
import type { Outbox } from '../broker/outbox-contract.js';
import { HOST_STATES, stateOf, type HostState } from '../host/host-state.js';
import { counted } from '../model/counted.js';
import type { Document } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import type { ActorSystem } from '../otp/index.js';
import {
  GROUP_STATES,
  type FleetStatus,
  type FleetView,
  type GroupLine,
  type HostLine,
  type Unwell,
} from './fleet-answers.js';
import { hostLine } from './host-line.js';
import { byName, groupLine, isDrifted, isSilent, type FleetLinesNeeds } from './fleet-lines.js';
import type { PublishingState, Readiness, Standing } from './operations.js';

export type FleetViewNeeds = FleetLinesNeeds & {
  readonly system: Pick<ActorSystem, 'clock'>;
  readonly alarms: Pick<AlarmBook, 'list'>;
  readonly outbox: Pick<Outbox, 'depth'>;
  readonly drift: Pick<DriftBook, 'get'>;
};

/** What is told elsewhere in the operations of the same server. */
export interface FleetViewParts {
  readonly readiness: () => Readiness;
  readonly publishing: () => PublishingState;
  readonly refusedHosts: () => readonly unknown[];
  readonly standing: () => Standing;
}

/** Most hosts or groups that a status names of each kind; the others are counted. */
const MOST_NAMED = 20;

export function fleetView(needs: FleetViewNeeds, parts: FleetViewParts): FleetView {
  const { world } = needs;
  const groups = (): readonly GroupLine[] =>
    [...world.rows('group').values()].map((row) => groupLine(needs, row)).sort(byName);
  return {
    status: () => status(needs, parts, groups()),
    groups,
    drifted({ limit, group }) {
      const rows = [...world.rows('host').values()].filter((row) => group === undefined || textOf(row.group) === group);
      const drifted = rows.filter((row) => isDrifted(stateOf(row)));
      return {
        total: drifted.length,
        converging: rows.filter((row) => isConverging(needs, row)).length,
        hosts: named(needs, drifted, limit),
      };
    },
  };
}

/** What it last reported differs from what it was sent, but it still has time. */
function isConverging({ drift }: Pick<FleetViewNeeds, 'drift'>, row: Document): boolean {
  return stateOf(row) === 'active' && drift.get(textOf(row.hostkey)) !== undefined;
}

function named(needs: FleetViewNeeds, rows: readonly Document[], limit: number): readonly HostLine[] {
  return rows
    .map((row) => hostLine(row, needs.drift.get(textOf(row.hostkey))))
    .sort(byName)
    .slice(0, limit);
}

function status(needs: FleetViewNeeds, parts: FleetViewParts, groups: readonly GroupLine[]): FleetStatus {
  const byState = countsOf<HostState>(HOST_STATES);
  const drifted: Document[] = [];
  const silent: Document[] = [];
  let converging = 0;
  let unverified = 0;
  for (const row of needs.world.rows('host').values()) {
    const state = stateOf(row);
    byState[state] += 1;
    if (isDrifted(state)) drifted.push(row);
    if (isSilent(state)) silent.push(row);
    if (isConverging(needs, row)) converging += 1;
    if (row.unverified === true && row.active === 'active') unverified += 1;
  }
  const groupStates = countsOf(GROUP_STATES);
  for (const { state } of groups) groupStates[state] += 1;
  const { ready, reasons } = parts.readiness();
  const { paused, since, author } = parts.publishing();
  const inError = groups.filter(({ state }) => state === 'error');
  const notSent = groups.filter(({ state, not_sent, hosts }) => state !== 'error' && not_sent !== null && hosts > 0);
  const alarms = needs.alarms.list();
  const refused = parts.refusedHosts().length;
  const total = needs.world.rows('host').size;
  const troubles = [
    ...(ready ? [] : ['the server is not ready']),
    ...(paused ? ['publishing is paused'] : []),
    ...(alarms.length > 0 ? [counted(alarms.length, 'alarm')] : []),
    ...(inError.length > 0 ? [`${counted(inError.length, 'group')} cannot be compiled`] : []),
    ...(notSent.length > 0 ? [`${counted(notSent.length, 'group')} not sent`] : []),
    ...(drifted.length > 0 ? [`${counted(drifted.length, 'host')} drifted`] : []),
    ...(silent.length > 0 ? [`${counted(silent.length, 'host')} silent`] : []),
    ...(refused > 0 ? [`${counted(refused, 'host')} refused`] : []),
  ];
  const fleet = `${counted(total, 'host')} in ${counted(groups.length, 'group')}`;
  const rest = converging > 0 ? `, ${converging} still converging` : '';
  return {
    at: Math.floor(needs.system.clock.now() / 1000),
    well: troubles.length === 0,
    summary: `${troubles.length === 0 ? 'all is well' : troubles.join(', ')} (${fleet}${rest})`,
    server: { ready, role: parts.standing().role, reasons },
    publishing: { paused, since: since ?? null, author: author ?? null, waiting: needs.outbox.depth() },
    hosts: {
      total,
      by_state: byState,
      converging,
      unverified,
      drifted: { total: drifted.length, first: named(needs, drifted, MOST_NAMED) },
      silent: { total: silent.length, first: named(needs, silent, MOST_NAMED) },
      refused,
    },
    groups: {
      total: groups.length,
      by_state: groupStates,
      in_error: firstOf(inError),
      not_sent: firstOf(notSent),
      rollouts: firstOf(groups.filter(({ rollout }) => rollout !== null)),
    },
    alarms,
  };
}

function countsOf<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

function firstOf<T>(all: readonly T[]): Unwell<T> {
  return { total: all.length, first: all.slice(0, MOST_NAMED) };
}
