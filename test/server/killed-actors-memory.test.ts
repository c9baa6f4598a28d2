import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { crash, findActor, type ActorNode, type ActorSystem, type Pid } from '../../src/otp/index.js';
import { RULE } from '../support/api-client.js';
import { Survivors } from '../support/collect-garbage.js';
import { countingClock } from '../support/counting-clock.js';
import { listenAsAgent, report, reportOf, startWholeServer, until } from '../support/whole-server.js';

const HOSTKEY = 'web-hostkey-1';
const ROUNDS = 5;
/** Past every supervisor's period, and every back-off. */
const PERIOD_MS = 61_000;
/** Processes of the last round whose sockets and streams are still closing. */
const STRAY = 10;

function flatten(node: ActorNode): ActorNode[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}

/** More crashes than the actor system keeps, of others. */
async function crowdOut(system: ActorSystem): Promise<void> {
  for (let n = 0; n < 1001; n += 1)
    crash(
      system,
      await system.spawn({ init: () => undefined, handle: () => undefined }, { label: `other-${n}` }),
      'to take a place',
    );
}

it(`every actor of the server killed ${ROUNDS} times, its broker connections with it: nothing of them stays in memory`, async () => {
  const clock = countingClock();
  const broker = createMemoryBroker();
  const server = await startWholeServer({
    broker,
    clock,
    set: ['keepalive_alert_seconds=1000000', 'agent_stop_grace_seconds=1000000'],
  });
  const { system } = server.server.state;
  const web = await server.group('web');
  const ear = await listenAsAgent(broker, { hostkey: HOSTKEY, group: 'web' });
  await report(ear.connection, 'force', reportOf(HOSTKEY, 'web'));
  await until(() => server.host(HOSTKEY), 'registered');
  const paths = flatten(server.tree()).map(({ path }) => path);
  const survivors = new Survivors();

  /** An edit and a report go all the way, so that every actor is there and has done something. */
  const work = async (comment: string): Promise<void> => {
    const rules = { inbound: [{ ...RULE, comment }], outbound: [] };
    await until(
      () =>
        server.edit('ruleset', web.ruleset, { rules }).then(
          () => true,
          () => false,
        ),
      'edited',
    );
    await until(() => ear.rulesets().some((each) => String(each.ruleset4_ipset).includes(comment)), `${comment} sent`);
    await report(ear.connection, 'keepalive', reportOf(HOSTKEY, 'web', { version: comment }));
    await until(() => server.host(HOSTKEY)?.version === comment, `the report with ${comment}`);
    ear.clear();
  };

  await work('before');
  const baseline = { timers: clock.pending, connections: broker.connectionCount };
  for (let round = 0; round < ROUNDS; round++) {
    for (const path of paths.slice(1)) {
      const pid = await until(() => findActor(system, server.server.root, path), `${path} is there`);
      survivors.watch(pid);
      crash(system, pid, 'killed by a test');
      clock.skip(PERIOD_MS);
      // A host's or group's actor comes with its next message.
      if (/\/(host|group):/.test(path)) await work(`round ${round}, ${path.slice(-6)}`);
      else await until(() => isBack(path, pid), `${path} is back`);
    }
    await work(`round ${round}`);
  }
  function isBack(path: string, before: Pid): boolean {
    const now = findActor(system, server.server.root, path);
    return now !== undefined && now !== before && system.isAlive(now);
  }
  // One more or less is a back-off or a deadline; one orphan a round would show.
  await until(() => clock.pending < baseline.timers + ROUNDS, 'no timer is orphaned');
  await until(() => broker.connectionCount === baseline.connections, 'no connection is left');
  expect(system.orphans).toBe(0);
  // The last crash of each path, and the newest of all, are kept on purpose; crashes of others take their places.
  await crowdOut(system);
  expect(await survivors.count()).toBeLessThanOrEqual(STRAY);
}, 120_000);
