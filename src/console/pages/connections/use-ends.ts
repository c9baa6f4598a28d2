import { useMemo } from 'preact/hooks';
import type { JsonObject } from '../../../model/document.js';
import { textOf } from '../../../model/text-of.js';
import { useAsked } from '../../api/use-asked.js';

/** Ends that are offered while one is typed; hosts are typed, since there may be very many. */
export function useEnds(): readonly string[] {
  const on = { on: ['policy_edit'] };
  const zones = useAsked<readonly JsonObject[]>('/api/zones', on).value;
  const groups = useAsked<readonly JsonObject[]>('/api/groups', on).value;
  return useMemo(
    () => ['any', ...named(groups, 'group').filter((end) => end !== 'group:self'), ...named(zones, 'zone')],
    [zones, groups],
  );
}

function named(list: readonly JsonObject[] | undefined, kind: string): readonly string[] {
  return (list ?? []).map(({ name }) => `${kind}:${textOf(name)}`).sort();
}
