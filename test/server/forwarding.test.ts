import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { BrokerConnection } from '../../src/broker/broker.js';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { fleetHost } from '../../src/sim/fleet-hosts.js';
import { SimAgent } from '../../src/sim/sim-agent.js';
import { noCluster, PATIENT, startCluster, type Cluster, type Member } from '../support/cluster.js';
import { listenTo } from '../support/event-client.js';
import { until } from '../support/whole-server.js';

const started =
  noCluster === undefined
    ? await startCluster({ servers: 2, set: ['api.commands=true', 'command_execution_timeout_ms=3000'] })
    : { unavailable: noCluster };
const why = 'unavailable' in started ? started.unavailable : undefined;
if (why !== undefined) process.stdout.write(`requests at a server that stands by skipped: ${why}\n`);

describe.skipIf(why !== undefined)(
  `requests at a server that stands by${why === undefined ? '' : ` (${why})`}`,
  { timeout: 120_000 },
  () => {
    const cluster = started as Cluster;
    // The body runs also where its tests are skipped.
    const [leader, follower] = ('unavailable' in started ? [] : started.members) as unknown as readonly [
      Member,
      Member,
    ];
    const agent = new SimAgent({
      identity: fleetHost(0, 'web'),
      timing: QUICK_TIMING,
      run: (commandLine) => ({ exitCode: 0, stdout: `ran ${commandLine}`, stderr: '' }),
    });
    const files = `/api/V2/file_transfer/${agent.hostkey}`;
    let connection: BrokerConnection;
    let host = '';

    beforeAll(async () => {
      await leader.start();
      await cluster.leader();
      await follower.start();
      await until(async () => (await follower.ready()).ready, 'the second stands by', PATIENT);
      connection = await createAmqpBroker({ urls: [cluster.rabbit.url] }).connect();
      agent.start(connection);
      host = await until(
        async () => {
          const { status, json } = await follower.api('GET', `/api/V2/host?hostkey=${agent.hostkey}`);
          return status === 200 && (json['id'] as string);
        },
        'the host registers',
        PATIENT,
      );
      const drift = `/api/V2/host/${host}/drift`;
      await until(async () => (await leader.api('GET', drift)).status === 200, 'the leader hears of the host', PATIENT);
    }, 120_000);
    afterAll(async () => {
      await connection.close().catch(() => undefined);
      await cluster.close();
    });

    it('are answered as the leader answers them', async () => {
      const paths = [
        `/api/V2/host/${host}/drift`,
        '/api/V2/hosts/refused',
        '/api/V2/publishing',
        '/api/publish?group=web',
      ];
      for (const path of paths) {
        const [there, here] = [await leader.api('GET', path), await follower.api('GET', path)];
        expect([path, here.status, Object.keys(here.json)]).toEqual([path, 200, Object.keys(there.json)]);
      }
      expect((await follower.api('GET', '/api/V2/host/none/drift')).status).toBe(404);
    });

    it("about actors: the tree is its own, the state, trace and actions of one actor are the leader's", async () => {
      const census = 'dog_trainer/leader_sup/publishers_sup/census';
      const at = `/api/V2/actors/${encodeURIComponent(census)}`;
      const path = `/api/V2/actors?path=${census}`;
      expect((await leader.api('GET', path)).json).toMatchObject({ path: census, state: 'waiting' });
      expect((await follower.api('GET', path)).status).toBe(404);
      expect((await follower.api('GET', '/api/V2/actors?path=dog_trainer/candidate')).status).toBe(200);
      expect((await follower.api('GET', `${at}/state`)).json).toMatchObject({ actor: { path: census } });
      const own = await listenTo(`${follower.url}/api/V2/actors/events`);
      const trace = await listenTo(`${follower.url}${at}/trace`);
      expect([own.status, trace.status]).toEqual([200, 200]);
      expect((await follower.api('POST', `${at}/suspend`)).json).toMatchObject({ path: census, action: 'suspend' });
      expect((await leader.api('GET', path)).json).toMatchObject({ state: 'suspended' });
      for (let event = await trace.next(); event?.event !== 'suspended'; event = await trace.next())
        expect(event).toBeDefined();
      expect((await follower.api('POST', `${at}/resume`)).status).toBe(200);
      const broker = `/api/V2/actors/${encodeURIComponent('dog_trainer/leader_sup/broker_sup/broker_connection')}`;
      const refused = await follower.api('POST', `${broker}/restart`);
      expect([refused.status, refused.json['code'], refused.json['confirm']]).toEqual([
        409,
        'actor_refused',
        ['outbox', 'report_connection'],
      ]);
      own.close();
      trace.close();
    });

    it('run commands and move files on the host', async () => {
      const ran = await follower.api('POST', files, { command: 'uptime' });
      expect(ran.json).toEqual({ [agent.hostkey]: { retcode: 0, stdout: 'ran uptime', stderr: {} } });
      const content = randomBytes(3 * 1024 * 1024);
      const form = new FormData();
      form.append('file', new Blob([content]), '/tmp/big');
      const sent = await fetch(follower.url + files, { method: 'POST', body: form });
      expect(sent.status).toBe(200);
      await until(() => agent.hostFiles.get('/tmp/big')?.equals(content), 'the file arrives', PATIENT);
      const fetched = await fetch(`${follower.url}${files}?path=/tmp/big`);
      expect(content.equals(Buffer.from(await fetched.arrayBuffer()))).toBe(true);
      expect((await follower.api('DELETE', `${files}?path=/tmp/big`)).status).toBe(204);
      expect(agent.hostFiles.has('/tmp/big')).toBe(false);
    });

    it('pause publishing at the leader, with one entry in the audit trail', async () => {
      const by = { 'x-consumer-username': 'felix' };
      expect((await follower.api('POST', '/api/V2/publishing', { paused: true }, by)).json).toMatchObject({
        paused: true,
      });
      expect((await leader.api('GET', '/api/V2/publishing')).json).toMatchObject({ paused: true, author: 'felix' });
      const audit = await follower.api('GET', '/api/V2/audit?author=felix');
      expect(audit.json).toHaveLength(1);
      expect((await follower.api('POST', '/api/V2/publishing', { paused: false }, by)).json).toMatchObject({
        paused: false,
      });
    });

    it('are 503 while nobody leads, and answered again once somebody does: here by the server itself', async () => {
      await leader.kill();
      const refused = await follower.api('GET', `/api/V2/host/${host}/drift`);
      expect([refused.status, refused.json['code'], refused.json['leader']]).toEqual([
        503,
        'not_the_leader',
        { name: leader.name, url: leader.url },
      ]);
      expect((await follower.api('GET', `/api/V2/host/${host}`)).status).toBe(200);
      await until(
        async () => (await follower.api('GET', `/api/V2/host/${host}/drift`)).status === 200,
        'it leads',
        PATIENT,
      );
      expect((await follower.api('POST', files, { command: 'id' })).json).toMatchObject({
        [agent.hostkey]: { retcode: 0 },
      });
    });
  },
);
