import { useState } from 'preact/hooks';
import type { HostQueues, HostReconnected, HostSent } from '../../../operations/fleet-pages.js';
import { ask } from '../../api/ask.js';
import { announce } from '../../parts/announce.js';
import { Button } from '../../parts/button.js';
import { Confirm } from '../../parts/confirm.js';
import { whyNoWrites } from '../../session/session.js';
import { reconnectOutcome, sentOutcome } from './order-outcome.js';

type Order = 'send' | 'reconnect';

/** What may be ordered of one host, and what came of it. `base`: path of the host in the API. */
export function HostOrderButtons({ base, queues }: { base: string; queues: HostQueues | undefined }) {
  const [asked, setAsked] = useState<Order | undefined>(undefined);
  const [outcome, setOutcome] = useState('');
  const close = () => setAsked(undefined);
  const told = (text: string) => {
    setOutcome(text);
    announce(text);
  };
  const noManagement =
    queues?.configured === false ? 'This needs RabbitMQ’s management API: set broker.management.url' : undefined;
  return (
    <>
      {outcome !== '' && <span class="small outcome">{outcome}</span>}
      <Button onPress={() => setAsked('send')} disabledWhy={whyNoWrites.value}>
        Send again
      </Button>
      <Button onPress={() => setAsked('reconnect')} disabledWhy={whyNoWrites.value ?? noManagement}>
        Make it reconnect
      </Button>
      {asked === 'send' && (
        <Confirm
          title="Send this host its rules and sets again?"
          doText="Send them"
          act={async () => told(sentOutcome((await ask<HostSent>(`${base}/send`, { method: 'POST', body: {} })).value))}
          onClose={close}
        >
          <p>It is sent, by its own key, what it is to have now. Where it has that already nothing changes on it.</p>
        </Confirm>
      )}
      {asked === 'reconnect' && (
        <Confirm
          title="Make this host’s agent connect again?"
          doText="Close its connection"
          danger
          act={async () =>
            told(
              reconnectOutcome((await ask<HostReconnected>(`${base}/reconnect`, { method: 'POST', body: {} })).value),
            )
          }
          onClose={close}
        >
          <p>
            The broker closes the connection of its agent, which makes another by itself. Its rules stay as they are
            meanwhile.
          </p>
        </Confirm>
      )}
    </>
  );
}
