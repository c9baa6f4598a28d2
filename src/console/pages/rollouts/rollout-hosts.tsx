import type { RolloutDetail, RolloutHostLine } from '../../../operations/rollouts/rollout-answers.js';
import type { RolloutHostStatus } from '../../../rollout/host-status.js';
import { Badge } from '../../parts/badge.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { FilterLink } from '../../parts/filter-link.js';
import { Pager } from '../../parts/pager.js';
import { changeQuery, hrefOf, place } from '../../route/route.js';
import { HOST_STATUSES } from './rollout-states.js';

const LIMIT = 50;
const STATUSES = Object.keys(HOST_STATUSES) as RolloutHostStatus[];

/** Its hosts by status: a bar, what each part is, and the hosts themselves. */
export function RolloutHosts({ rollout: { counts, hosts } }: { rollout: RolloutDetail }) {
  const { query } = place.value;
  const [status, offset] = [query.get('status'), Number(query.get('offset') ?? 0)];
  const total = STATUSES.reduce((sum, one) => sum + counts[one], 0);
  const shown = status === null ? hosts : hosts.filter((host) => host.status === status);
  return (
    <Card title="Hosts">
      {total === 0 ? (
        <Empty title="It is over">Which hosts had it is in their history.</Empty>
      ) : (
        <div class="stack">
          <div class="host-bar" aria-hidden="true">
            {STATUSES.filter((one) => counts[one] > 0).map((one) => (
              <span key={one} data-status={one} style={{ flexGrow: counts[one] }} />
            ))}
          </div>
          <ul class="row host-legend" aria-label="Hosts by status">
            {STATUSES.map((one) => (
              <li key={one}>
                <FilterLink by={{ status: status === one ? null : one }} title={HOST_STATUSES[one].means}>
                  <Badge tone={counts[one] === 0 ? 'none' : HOST_STATUSES[one].tone}>
                    {counts[one].toLocaleString()} {one}
                  </Badge>
                </FilterLink>
              </li>
            ))}
          </ul>
          {status !== null && (
            <p class="small">
              Only hosts that are <strong>{status}</strong>. <FilterLink by={{ status: null }}>Show all</FilterLink>
            </p>
          )}
          <DataTable<RolloutHostLine>
            caption="Hosts of this rollout, those that have it first"
            columns={[
              {
                key: 'name',
                title: 'Host',
                show: ({ hostkey, name }) => <a href={hrefOf(['hosts', hostkey])}>{name === '' ? hostkey : name}</a>,
              },
              {
                key: 'status',
                title: 'Status',
                show: (host) => (
                  <Badge tone={HOST_STATUSES[host.status].tone} title={HOST_STATUSES[host.status].means}>
                    {host.status}
                  </Badge>
                ),
              },
              { key: 'why', title: 'Why', show: ({ why }) => <span class="wrap">{why}</span> },
            ]}
            rows={shown.slice(offset, offset + LIMIT)}
            keyOf={({ hostkey }) => hostkey}
          />
          <Pager
            offset={offset}
            limit={LIMIT}
            total={shown.length}
            what="hosts"
            onMove={(to) => changeQuery({ offset: to === 0 ? null : to })}
          />
          {hosts.length < total && (
            <p class="quiet small">
              The first {hosts.length.toLocaleString()} of {total.toLocaleString()} hosts are listed.
            </p>
          )}
        </div>
      )}
    </Card>
  );
}
