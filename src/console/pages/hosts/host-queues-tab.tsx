import type { HostQueues } from '../../../operations/fleet-pages.js';
import { useAsked } from '../../api/use-asked.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Empty } from '../../parts/empty.js';
import { Loaded } from '../../parts/loaded.js';
import { hrefOf } from '../../route/route.js';

/** The broker's own figures are some seconds old. */
const EVERY_MS = 5000;

/** The queues that a host's agent takes its messages from. */
export function HostQueuesTab({ base }: { base: string }) {
  const asked = useAsked<HostQueues>(`${base}/queues`, { everyMs: EVERY_MS });
  return (
    <Card title="Its queues">
      <Loaded asked={asked}>
        {({ configured, queues, error }) =>
          !configured ? (
            <Empty title="Nothing is known of its queues">
              They are asked for over RabbitMQ’s management API: set <code>broker.management.url</code>, then{' '}
              <a href={hrefOf(['configuration'], { q: 'broker.management' })}>look at the configuration</a>.
            </Empty>
          ) : (
            <>
              {error !== null && (
                <p class="note" data-tone="bad" role="alert">
                  The management API does not answer: {error}
                </p>
              )}
              <DataTable
                caption="Queues of this host’s agent"
                columns={[
                  { key: 'name', title: 'Queue', show: ({ name }) => <code>{name}</code> },
                  { key: 'messages', title: 'Messages', number: true, show: ({ messages }) => messages ?? 'not known' },
                  {
                    key: 'consumers',
                    title: 'Taken by',
                    number: true,
                    show: ({ consumers }) =>
                      consumers === null ? 'not known' : consumers === 0 ? 'nobody' : consumers,
                  },
                ]}
                rows={queues}
                keyOf={({ name }) => name}
                toneOf={({ consumers }) => (consumers === 0 ? 'bad' : 'none')}
              />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
