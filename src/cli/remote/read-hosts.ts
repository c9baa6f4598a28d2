import { stateOf, type HostState } from '../../host/host-state.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { DriftAnswer, HostLine } from '../../operations/fleet-answers.js';
import type { Api } from './api-client.js';
import { shaped } from './shape.js';
import type { Cell, Colour } from './table.js';

/** Drifted hosts as the leader knows them. */
export async function readDrift(api: Api, group?: string): Promise<DriftAnswer> {
  const path = `/api/V2/drift?${new URLSearchParams({ limit: '10000', ...(group === undefined ? {} : { group }) }).toString()}`;
  const shape = { total: 'number', converging: 'number', hosts: 'list' } as const;
  return shaped<DriftAnswer>(await api.get(path), shape, api.url + path);
}

/** A host that is not among the drifted ones. */
export function hostLineOf(row: Document): HostLine {
  return {
    id: row.id,
    name: textOf(row.name),
    hostkey: textOf(row.hostkey),
    group: textOf(row.group),
    state: stateOf(row),
    unverified: row.unverified === true,
    reported_at: typeof row.keepalive_timestamp === 'number' ? row.keepalive_timestamp : null,
    differing: [],
    differs_since: null,
    repair_attempts: 0,
  };
}

const COLOURS: Readonly<Partial<Record<HostState, Colour>>> = {
  active_hashfail: 'red',
  inactive: 'yellow',
  inactive_hashfail: 'yellow',
  retired: 'dim',
};

export function stateCell(state: HostState): Cell {
  const colour = COLOURS[state];
  return colour === undefined ? state : { text: state, colour };
}
