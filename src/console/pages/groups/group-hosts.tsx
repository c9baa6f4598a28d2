import type { HostPage } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { hostColumns } from '../../fleet/host-columns.js';
import { HOST_EVENTS } from '../../fleet/host-events.js';
import { standingOf } from '../../fleet/standing-of.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { hrefOf } from '../../route/route.js';

const EVERY_MS = 5000;
const SHOWN = 50;

/** The first hosts of a group, those that need somebody first, with the way to all. */
export function GroupHosts({ name }: { name: string }) {
  const path = `/api/V2/fleet/hosts?group=${encodeURIComponent(name)}&sort=differing&order=desc&limit=${SHOWN}`;
  const asked = useAsked<HostPage>(path, { on: HOST_EVENTS, everyMs: EVERY_MS });
  return (
    <Card title="Hosts of this group" actions={<a href={hrefOf(['hosts'], { group: name })}>All, with search</a>}>
      <Loaded asked={asked}>
        {({ hosts, total }) =>
          hosts.length === 0 ? (
            <Empty title="No host is in this group">
              A host that names it in its reports, or is moved here, gets its rules.
            </Empty>
          ) : (
            <>
              <DataTable
                caption={`Hosts of ${name}`}
                columns={hostColumns((by) => hrefOf(['hosts'], { group: name, ...by })).map(
                  ({ sorts: _, ...column }) => column,
                )}
                rows={hosts}
                keyOf={({ id }) => id}
                toneOf={(row) => standingOf(row).tone}
              />
              {total > hosts.length && (
                <p class="small quiet">
                  The first {hosts.length} of {total.toLocaleString()}.
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
