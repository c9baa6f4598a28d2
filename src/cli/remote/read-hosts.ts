import type { HostState } from '../../host/host-state.js';
import type { DriftAnswer } from '../../operations/fleet-answers.js';
import type { Api } from './api-client.js';
import { shaped } from './shape.js';
import type { Cell, Colour } from './table.js';

/** Drifted hosts as the leader knows them. */
export async function readDrift(api: Api, group?: string): Promise<DriftAnswer> {
  const path = `/api/V2/drift?${new URLSearchParams({ limit: '10000', ...(group === undefined ? {} : { group }) }).toString()}`;
  const shape = { total: 'number', converging: 'number', hosts: 'list' } as const;
  return shaped<DriftAnswer>(await api.get(path), shape, api.url + path);
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
