import { describe, expect, it } from 'vitest';
import type { Broker } from '../../src/broker/broker.js';
import { agentQueues, agentTopology, declareServerTopology, declareTopology } from '../../src/broker/topology.js';
import { collector } from './broker-suite.js';

/** The topology of docs/protocol.md#exchanges-and-queues, on a real broker and on ours. */
export function topologySuite(name: string, broker: () => Broker): void {
  describe(`${name}: the topology`, () => {
    it('brings each of the server’s messages to the agents it is for', async () => {
      const [server, ...agents] = await Promise.all([1, 2, 3].map(() => broker().connect()));
      if (server === undefined) throw new Error('no connection');
      await declareServerTopology(server);
      await declareServerTopology(server);
      const identities = [
        { environment: '*', location: '*', group: 'web', hostkey: 'h1' },
        { environment: '*', location: '*', group: 'db', hostkey: 'h2' },
      ];
      const got = collector((delivery) => delivery.ack());
      for (const [i, agent] of agents.entries()) {
        const identity = identities[i];
        if (identity === undefined) throw new Error('no identity');
        await declareTopology(agent, agentTopology(identity));
        for (const queue of Object.values(agentQueues(identity.hostkey))) {
          await agent.consume(queue, { prefetch: 1 }, (delivery) => {
            const what = `${queue} < ${delivery.exchange} ${delivery.routingKey}`;
            got.handler({ ...delivery, body: new TextEncoder().encode(what) });
          });
        }
      }
      const send = (exchange: string, routingKey: string): Promise<void> =>
        server.publish({
          exchange,
          routingKey,
          body: new Uint8Array(),
          contentType: 'text/json',
          persistent: true,
          mandatory: true,
        });
      await send('ipsets', 'fanout');
      await send('iptables', '*.*.web.*');
      await send('iptables', '*.*.*.h2');
      await send('config', 'h1');
      await send('file_transfer', '*.*.*.h1');
      await expect(send('iptables', '*.*.nobody.*')).rejects.toMatchObject({ code: 'unroutable' });
      await got.atLeast(6);
      expect(got.got.map((delivery) => new TextDecoder().decode(delivery.body)).sort()).toEqual([
        'config.h1 < config h1',
        'file_transfer.h1 < file_transfer *.*.*.h1',
        'iptables.h1 < ipsets fanout',
        'iptables.h1 < iptables *.*.web.*',
        'iptables.h2 < ipsets fanout',
        'iptables.h2 < iptables *.*.*.h2',
      ]);
      const reports = collector((delivery) => delivery.ack());
      await server.consume('ips', { prefetch: 10 }, reports.handler);
      await agents[0]?.publish({
        exchange: 'ips',
        routingKey: 'ips',
        body: new Uint8Array([131]),
        contentType: 'text/json',
        persistent: true,
      });
      expect((await reports.atLeast(1))[0]?.exchange).toBe('ips');
      expect(await server.inspectQueue('file_transfer')).toBeUndefined();
      await Promise.all(agents.map((agent) => agent.close()));
      await expect.poll(() => server.inspectQueue('iptables.h1')).toBeUndefined();
      expect(await server.inspectQueue('ips')).toBeDefined();
      await server.close();
    });
  });
}
