import type { GroupRow } from '../../../operations/fleet-pages.js';
import { GROUP_WORDS } from '../../fleet/group-words.js';
import { StateBadge } from '../../fleet/state-badge.js';
import { Badge } from '../../parts/badge.js';
import type { Column } from '../../parts/data-table.js';
import { FilterLink } from '../../parts/filter-link.js';
import { Share } from '../../parts/share.js';
import { Ago } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';

/** The columns of the table of groups. */
export const GROUP_COLUMNS: readonly Column<GroupRow>[] = [
  {
    key: 'name',
    title: 'Group',
    sorts: true,
    show: ({ id, name, profile }) => (
      <>
        <a href={hrefOf(['groups', id])}>{name}</a>
        {profile !== '' && (
          <span class="small quiet">
            <FilterLink by={{ profile }}>{profile}</FilterLink>
          </span>
        )}
      </>
    ),
  },
  {
    key: 'state',
    title: 'State',
    sorts: true,
    show: ({ state, error, not_sent: notSent }) => (
      <>
        <FilterLink by={{ state }}>
          <StateBadge words={GROUP_WORDS[state]} />
        </FilterLink>
        {(error ?? notSent) !== null && <span class="small quiet">{error ?? `not sent: ${notSent}`}</span>}
      </>
    ),
  },
  {
    key: 'converged',
    title: 'Hosts that have it',
    sorts: true,
    show: ({ name, hosts, converged }) =>
      hosts === 0 ? (
        <span class="quiet">no hosts</span>
      ) : (
        <a href={hrefOf(['hosts'], { group: name })}>
          <Share part={converged} of={hosts} word={hosts === 1 ? 'host' : 'hosts'} />
        </a>
      ),
  },
  {
    key: 'drifted',
    title: 'Drifted',
    show: ({ name, drifted }) => (
      <Count of={drifted} href={hrefOf(['hosts'], { group: name, state: 'active_hashfail' })} />
    ),
  },
  {
    key: 'silent',
    title: 'Silent',
    show: ({ name, silent }) => (
      <Count of={silent} href={hrefOf(['hosts'], { group: name, state: 'inactive,inactive_hashfail' })} />
    ),
  },
  { key: 'published', title: 'Published', sorts: true, show: ({ published_at: at }) => <Ago at={at} /> },
  {
    key: 'held',
    title: 'Held',
    show: ({ pinned, rollout }) => (
      <>
        {pinned !== null && (
          <Badge tone="warn" title={`${pinned.reason} (${pinned.author})`}>
            pinned at {pinned.number}
          </Badge>
        )}{' '}
        {rollout !== null && (
          <a href={hrefOf(['rollouts', rollout.id])}>
            rollout {rollout.state.replaceAll('_', ' ')}
            {rollout.step !== null && `, ${rollout.step}`}
          </a>
        )}
      </>
    ),
  },
];

function Count({ of, href }: { of: number; href: string }) {
  if (of === 0) return <span class="quiet">0</span>;
  return (
    <a href={href}>
      <Badge tone="bad">{of.toLocaleString()}</Badge>
    </a>
  );
}
