import type { RefusedHost } from '../../../operations/refused-answers.js';
import { useAsked } from '../../api/use-asked.js';
import { Card } from '../../parts/card.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { Ago } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';
import { EVERY_MS } from './every-ms.js';

/** So many are shown: the list has up to `intake.refused_max`. */
const MOST = 200;

const COLUMNS: readonly Column<RefusedHost>[] = [
  { key: 'host', title: 'Host', show: (host) => <WhichHost host={host} /> },
  { key: 'group', title: 'Group', show: ({ group }) => group || <span class="quiet">not said</span> },
  { key: 'reason', title: 'Reason', show: ({ reason }) => reason },
  { key: 'detail', title: 'What is wrong', show: ({ detail }) => <span class="wrap">{detail}</span> },
  { key: 'count', title: 'Times', number: true, show: ({ count }) => count.toLocaleString() },
  {
    key: 'first',
    title: 'First',
    show: ({ first_at }) => (
      <span class="no-break">
        <Ago at={first_at} />
      </span>
    ),
  },
  {
    key: 'last',
    title: 'Last',
    show: ({ last_at }) => (
      <span class="no-break">
        <Ago at={last_at} />
      </span>
    ),
  },
];

/** Hosts whose last reports were refused. A host that is taken again leaves the list. */
export function RefusedHosts() {
  const asked = useAsked<readonly RefusedHost[]>('/api/V2/hosts/refused', { everyMs: EVERY_MS });
  return (
    <Card title="Hosts whose reports are refused">
      <Loaded asked={asked}>
        {(hosts) =>
          hosts.length === 0 ? (
            <Empty title="All that report are taken">A host whose reports are taken again leaves this list.</Empty>
          ) : (
            <>
              <DataTable
                caption="Hosts whose reports are refused, newest first"
                columns={COLUMNS}
                rows={hosts.slice(0, MOST)}
                keyOf={({ hostkey }) => hostkey}
              />
              {hosts.length > MOST && (
                <p class="quiet small">
                  The newest {MOST} of {hosts.length.toLocaleString()}.
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

function WhichHost({ host: { id, name, hostkey } }: { host: RefusedHost }) {
  const shown = name === '' ? <code class="wrap">{hostkey}</code> : name;
  return id === null ? (
    <span title={`Hostkey ${hostkey}; there is no such host`}>{shown}</span>
  ) : (
    <a href={hrefOf(['hosts', id])} title={`Hostkey ${hostkey}`}>
      {shown}
    </a>
  );
}
