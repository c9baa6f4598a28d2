import { useMemo } from 'preact/hooks';
import type { JsonObject } from '../../../model/document.js';
import { useAsked } from '../../api/use-asked.js';
import { draft } from '../../draft/draft.js';
import type { DraftResource } from '../../draft/draft-entry.js';

/** Names of documents by id, with those of the draft. */
export interface Names {
  readonly zones: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
  readonly profiles: ReadonlyMap<string, string>;
  /** Names of linked environments. */
  readonly environments: readonly string[];
  /** All of them are known. */
  readonly ready: boolean;
}

/** The lists of version 1 have ids and names alone. */
export function useNames(): Names {
  const on = { on: ['policy_edit'] };
  const zones = useAsked<readonly JsonObject[]>('/api/zones', on).value;
  const groups = useAsked<readonly JsonObject[]>('/api/groups', on).value;
  const services = useAsked<readonly JsonObject[]>('/api/services', on).value;
  const profiles = useAsked<readonly JsonObject[]>('/api/profiles', on).value;
  const links = useAsked<readonly JsonObject[]>('/api/links', on).value;
  const entries = draft.value;
  return useMemo(
    () => ({
      zones: namesOf(zones, 'zone', entries),
      groups: namesOf(groups, 'group', entries),
      services: new Map([['any', 'any'], ...namesOf(services, 'service', entries)]),
      profiles: namesOf(profiles, 'profile', entries),
      environments: [...namesOf(links, 'link', entries).values()],
      ready: [zones, groups, services, profiles, links].every((list) => list !== undefined),
    }),
    [zones, groups, services, profiles, links, entries],
  );
}

function namesOf(
  list: readonly JsonObject[] | undefined,
  resource: DraftResource,
  entries: typeof draft.value,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { id, name } of list ?? [])
    if (typeof id === 'string') names.set(id, typeof name === 'string' ? name : id);
  for (const entry of entries) {
    if (entry.resource !== resource) continue;
    const name = entry.wanted?.['name'];
    if (entry.wanted === null) names.delete(entry.id);
    else if (typeof name === 'string' && name !== '') names.set(entry.id, name);
  }
  return new Map([...names].sort(([, a], [, b]) => a.localeCompare(b)));
}
