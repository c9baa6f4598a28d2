import type { Json, JsonObject } from '../../../model/document.js';
import { isList, isObject } from '../../../model/validate.js';
import { Badge } from '../../parts/badge.js';
import type { Column } from '../../parts/data-table.js';
import { hrefOf } from '../../route/route.js';
import type { KindSegment } from './kinds.js';

/** Lists of version 1 that columns need besides; undefined: not asked for, or not there yet. */
export interface Beside {
  readonly groups: readonly JsonObject[] | undefined;
  readonly profiles: readonly JsonObject[] | undefined;
}

/** Whether a search finds a document: by what a list shows of it. */
export function matches(doc: JsonObject, q: string): boolean {
  const wanted = q.trim().toLowerCase();
  return wanted === '' || textsOf(doc, 0).some((text) => text.toLowerCase().includes(wanted));
}

function textsOf(value: Json, depth: number): readonly string[] {
  if (typeof value === 'string') return [value];
  if (depth > 3) return [];
  if (isList(value)) return value.flatMap((item) => textsOf(item, depth + 1));
  return isObject(value)
    ? Object.entries(value).flatMap(([key, item]) => (key.startsWith('hash') ? [] : textsOf(item, depth + 1)))
    : [];
}

/** What a list shows besides the name. */
export function detailColumns(segment: KindSegment, { groups, profiles }: Beside): readonly Column<JsonObject>[] {
  switch (segment) {
    case 'profiles':
      return [
        {
          key: 'groups',
          title: 'Groups that have it',
          show: ({ id }) => {
            const mine = (groups ?? []).filter((group) => group['profile_id'] === id);
            if (groups !== undefined && mine.length === 0) return <span class="quiet">none</span>;
            return mine.map((group, at) => (
              <>
                {at > 0 && ', '}
                <a href={hrefOf(['groups', textOf(group['id'])])}>{textOf(group['name'])}</a>
              </>
            ));
          },
        },
        { key: 'version', title: 'Version', show: ({ version }) => textOf(version) },
      ];
    case 'zones':
      return [
        { key: 'v4', title: 'IPv4', show: ({ ipv4_addresses: list }) => firstOf(list) },
        { key: 'v6', title: 'IPv6', show: ({ ipv6_addresses: list }) => firstOf(list) },
      ];
    case 'services':
      return [{ key: 'ports', title: 'Protocols and ports', show: ({ services }) => serviceText(services) }];
    case 'groups':
      return [
        {
          key: 'profile',
          title: 'Profile',
          show: ({ profile_id: id }) => {
            if (typeof id !== 'string' || id === '') return <span class="quiet">none</span>;
            const name = profiles?.find((profile) => profile['id'] === id)?.['name'];
            return <a href={hrefOf(['policy', 'profiles', id])}>{textOf(name) || id}</a>;
          },
        },
        { key: 'description', title: 'Description', show: ({ description }) => textOf(description) },
      ];
    case 'links':
      return [
        { key: 'direction', title: 'Direction', show: ({ direction }) => textOf(direction) },
        {
          key: 'host',
          title: 'Broker',
          show: ({ connection }) => (isObject(connection) ? textOf(connection['host']) : ''),
        },
        {
          key: 'enabled',
          title: 'State',
          show: ({ enabled }) => (enabled === true ? <Badge tone="ok">on</Badge> : <Badge>off</Badge>),
        },
      ];
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The first of a list, and how many there are. */
function firstOf(list: Json | undefined) {
  if (!isList(list) || list.length === 0) return <span class="quiet">none</span>;
  return (
    <>
      <code>{list.slice(0, 3).map(textOf).join(', ')}</code>
      {list.length > 3 && <span class="quiet"> … {list.length.toLocaleString()} in all</span>}
    </>
  );
}

/** `tcp 80, 443; udp 53`. */
export function serviceText(services: Json | undefined): string {
  if (!isList(services)) return '';
  return services
    .filter(isObject)
    .map(({ protocol, ports }) => `${textOf(protocol)} ${isList(ports) ? ports.map(textOf).join(', ') : ''}`.trim())
    .join('; ');
}
