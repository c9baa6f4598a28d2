import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { crash, findActor, type ActorNode, type Pid } from '../../src/otp/index.js';
import { RULE } from '../support/api-client.js';
import { countingClock, type CountingClock } from '../support/counting-clock.js';
import {
  listenAsAgent,
  report,
  reportOf,
  startWholeServer,
  until,
  type Ear,
  type GroupParts,
  type WholeServer,
} from '../support/whole-server.js';

/**
 * Trial 9, in the whole server: every actor killed in turn, then all workers at once; a child that always crashes.
 * (The kernel's own part, in random trees on virtual time, is test/otp/actors-killed.test.ts.)
 */
function flatten(node: ActorNode): ActorNode[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}
function isDynamic({ id }: ActorNode): boolean {
  return /^(host|group|link):/.test(id);
}
function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Paths that must have another process after `victim` was killed, by the strategies alone. */
function named(root: ActorNode, victim: string): Set<string> {
  const nodes = new Map(flatten(root).map((node) => [node.path, node]));
  const parent = nodes.get(parentOf(victim)) as ActorNode;
  const siblings = parent.children ?? [];
  const at = siblings.findIndex(({ path }) => path === victim);
  const hit = {
    one_for_one: siblings.slice(at, at + 1),
    simple_one_for_one: siblings.slice(at, at + 1),
    one_for_all: siblings,
    rest_for_one: siblings.slice(at),
  }[parent.supervisor?.strategy as 'one_for_one'];
  return new Set(hit.flatMap(flatten).map(({ path }) => path));
}

function pids(root: ActorNode): Map<string, number | null> {
  return new Map(flatten(root).map(({ path, pid }) => [path, pid]));
}

interface Scene {
  readonly w: WholeServer;
  readonly ear: Ear;
  readonly web: GroupParts;
  readonly clock: CountingClock;
  readonly connections: () => number;
  /** Connections of the server and the ear while all is well. */
  readonly healthy: number;
}

const HOSTS = ['web-hostkey-1', 'web-hostkey-2'];
/** Past every supervisor's period. */
const PERIOD_MS = 61_000;

async function scene(set: readonly string[] = []): Promise<Scene> {
  const clock = countingClock();
  const broker = createMemoryBroker();
  const w = await startWholeServer({
    broker,
    clock,
    set: ['keepalive_alert_seconds=1000000', 'agent_stop_grace_seconds=1000000', ...set],
  });
  const web = await w.group('web');
  const ear = await listenAsAgent(broker, { hostkey: HOSTS[0] as string, group: 'web' });
  for (const hostkey of HOSTS) {
    await report(ear.connection, 'force', reportOf(hostkey, 'web'));
    await until(() => w.host(hostkey), 'registered');
    await report(ear.connection, 'keepalive', reportOf(hostkey, 'web'));
    await until(() => w.host(hostkey)?.active === 'active', 'active');
  }
  return { w, ear, web, clock, connections: () => broker.connectionCount, healthy: broker.connectionCount };
}

let edits = 0;

/** The server does its whole work: an edit reaches the wire, a report the row, both ports answer. */
async function works({ w, ear, web, connections, healthy }: Scene): Promise<void> {
  edits += 1;
  const comment = `edit ${edits}`;
  await w.edit('ruleset', web.ruleset, { rules: { inbound: [{ ...RULE, comment }], outbound: [] } });
  await until(() => ear.rulesets().some((each) => String(each.ruleset4_ipset).includes(comment)), `${comment} arrives`);
  for (const hostkey of HOSTS) {
    await report(ear.connection, 'keepalive', reportOf(hostkey, 'web', { version: comment }));
    await until(() => w.host(hostkey)?.version === comment, `the report with ${comment}`);
  }
  const { json } = await until(async () => {
    const answer = await w.api('GET', '/readyz');
    return answer.status === 200 ? answer : undefined;
  }, 'ready');
  expect(json).toMatchObject({ ready: true });
  expect((await fetch(`${w.server.listening.metrics}/livez`)).status).toBe(200);
  expect((await ear.connection.inspectQueue('ips'))?.consumerCount).toBe(1);
  expect(connections()).toBe(healthy);
  expect(w.server.state.deadLetters.total).toBe(0);
}

/** Also: sockets that clients had kept open are gone with the listener. */
async function apiIsBack({ api }: WholeServer): Promise<void> {
  await until(() => api('GET', '/livez').catch(() => undefined), 'the API is back');
}

describe('trial 9: actors killed in the whole server', () => {
  it('each in turn: exactly those that the strategies name are new, the tree shows it, the server works on', async () => {
    const s = await scene();
    const { w, clock } = s;
    const { system } = w.server.state;
    await works(s);
    const paths = flatten(w.tree()).map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(30);
    const baseline = clock.pending;
    for (const victim of paths.slice(1)) {
      const before = w.tree();
      const expected = named(before, victim);
      const dynamic = new Set(
        flatten(before)
          .filter(isDynamic)
          .map(({ path }) => path),
      );
      const crashes = flatten(before).find(({ path }) => path === victim)?.restarts ?? 0;
      crash(system, findActor(system, w.server.root, victim) as Pid, `killed for trial 9: ${victim}`);
      // A host's or group's actor comes with its next message, all others by themselves.
      await until(() => {
        const now = pids(w.tree());
        const old = pids(before);
        return [...expected].every((path) => dynamic.has(path) || (now.get(path) ?? old.get(path)) !== old.get(path));
      }, `${victim} is back`);
      await works(s);
      const after = await until(() => {
        const now = w.tree();
        return paths.every((path) => pids(now).get(path) !== undefined) ? now : undefined;
      }, `everybody is back after ${victim}`);
      const changed = new Set(
        flatten(after)
          .filter(({ path, pid }) => pids(before).get(path) !== pid)
          .map(({ path }) => path),
      );
      expect([...changed].sort(), victim).toEqual([...expected].sort());
      if (!dynamic.has(victim)) {
        const shown = flatten(after).find(({ path }) => path === victim);
        expect(shown?.restarts, victim).toBe(crashes + 1);
        expect(shown?.lastCrash?.reason, victim).toContain(`killed for trial 9: ${victim}`);
      }
      clock.skip(PERIOD_MS);
    }
    await until(() => clock.pending <= baseline, 'no timer is orphaned');
    const listed = (await w.api('GET', '/api/V2/actors')).json as unknown as ActorNode;
    expect(
      flatten(listed)
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...paths].sort());
    expect(await w.stop()).toEqual([]);
    expect([clock.pending, system.orphans, [...system.processes()].length, s.connections()]).toEqual([0, 0, 0, 1]);
    await expect(fetch(`${w.server.listening.api}/api/healthcheck`)).rejects.toThrow();
    await expect(fetch(`${w.server.listening.metrics}/livez`)).rejects.toThrow();
  }, 120_000);

  it('all workers at once: all are back and the server works', async () => {
    const s = await scene();
    const { w } = s;
    const { system } = w.server.state;
    const before = w.tree();
    const workers = flatten(before).filter(({ type }) => type === 'worker');
    const victims = workers.map(({ path }) => findActor(system, w.server.root, path) as Pid);
    for (const pid of victims) crash(system, pid);
    await apiIsBack(w);
    await works(s);
    const old = new Set(victims.map(({ id }) => id));
    const after = flatten(w.tree());
    expect(after.filter(({ pid }) => pid !== null && old.has(pid))).toEqual([]);
    // No budget is so small that one blow to all is beyond it.
    for (const { path, pid } of flatten(before).filter(({ type }) => type === 'supervisor'))
      expect(pids(w.tree()).get(path), path).toBe(pid);
    expect(after.map(({ path }) => path).sort()).toEqual(
      flatten(before)
        .map(({ path }) => path)
        .sort(),
    );
  });

  it('a child that always crashes: its supervisor gives up at its budget, the escalation shows, the rest goes on', async () => {
    const s = await scene();
    const { w } = s;
    const { system } = w.server.state;
    const path = 'dog_trainer/publishers_sup/config_publisher';
    const sup = flatten(w.tree()).find((node) => node.path === parentOf(path)) as ActorNode;
    const budget = sup.supervisor?.intensity as number;
    const others = ['dog_trainer/store_sup', 'dog_trainer/broker_sup', 'dog_trainer/hosts_sup'];
    const before = pids(w.tree());
    let last: Pid | undefined;
    for (let n = 1; n <= budget + 1; n += 1) {
      const pid = await until(() => {
        const found = findActor(system, w.server.root, path);
        return found !== undefined && found !== last && system.isAlive(found) ? found : undefined;
      }, `life ${n}`);
      last = pid;
      if (n > 1) {
        const { reasons } = (await w.api('GET', '/readyz')).json as { reasons: string[] };
        expect(reasons.join('\n')).toContain(
          `publishers_sup: ${n - 1} of at most ${budget} restarts in 60 s: config_publisher`,
        );
      }
      crash(system, pid);
    }
    // The supervisor fell, and with it what rests on it; the parts before it stand.
    await until(() => {
      const now = pids(w.tree()).get(parentOf(path));
      return now !== undefined && now !== null && now !== before.get(parentOf(path));
    }, 'publishers_sup is new');
    await apiIsBack(w);
    await works(s);
    const now = pids(w.tree());
    for (const other of others) expect(now.get(other), other).toBe(before.get(other));
    const shown = flatten(w.tree()).find((node) => node.path === parentOf(path));
    expect(shown).toMatchObject({ restarts: 1 });
    const { reasons } = (await w.api('GET', '/readyz')).json as { reasons: string[] };
    expect(reasons.join('\n')).toMatch(/^dog_trainer: 1 of at most 5 restarts in 10 s: publishers_sup,/m);
  });

  it('everything beyond repair: the server gives up by itself and says so', async () => {
    const s = await scene();
    const { w } = s;
    const { system } = w.server.state;
    let last: Pid | undefined;
    for (let n = 0; n < 6; n += 1) {
      last = await until(() => {
        const pid = findActor(system, w.server.root, 'dog_trainer/intake_sup');
        return pid !== undefined && pid !== last && system.isAlive(pid) ? pid : undefined;
      }, `life ${n}`);
      crash(system, last);
    }
    expect(await w.server.ended).toBeInstanceOf(Error);
    await until(() => s.connections() === 1);
    expect([...system.processes()]).toEqual([]);
    await expect(fetch(`${w.server.listening.api}/api/healthcheck`)).rejects.toThrow();
  });
});
