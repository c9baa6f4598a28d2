import { Database } from '../../../src/sqlite/database.js';
import { setTimeout as pause } from 'node:timers/promises';
import { crash, findActor, tree, type ActorNode } from '../../../src/otp/index.js';
import type { Fleet } from '../../../src/sim/sim-fleet.js';
import { fleetAddresses } from '../../../src/sim/fleet-hosts.js';
import type { StartedServer } from '../../../src/server/start-server.js';
import type { PrivateRabbit } from '../../../src/bench/peers/private-rabbit.js';

/** Sleeps, or wakes at once when it is over. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return pause(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function between(least: number, most: number): number {
  return least + Math.random() * (most - least);
}

/** Kills the broker and starts it again, again and again; it is up when this resolves. Gives how often. */
export async function killBroker(signal: AbortSignal, rabbit: PrivateRabbit, everyMs: number): Promise<number> {
  let kills = 0;
  for (;;) {
    await sleep(between(0.5, 1) * everyMs, signal);
    if (signal.aborted) return kills;
    await rabbit.kill();
    kills++;
    await sleep(between(0, 2_000), signal);
    await rabbit.start();
  }
}

/** Takes the database's write lock as another process would, for up to `mostMs`; longer than a commit waits, at times. */
export async function lockStore(
  signal: AbortSignal,
  path: string,
  everyMs: number,
  mostMs: number,
): Promise<{ readonly locks: number; readonly lockedMs: number }> {
  const other = new Database(path, { timeout: 0 });
  let [locks, lockedMs] = [0, 0];
  try {
    for (;;) {
      await sleep(between(0.5, 1) * everyMs, signal);
      if (signal.aborted) return { locks, lockedMs };
      try {
        other.exec('BEGIN IMMEDIATE');
      } catch (error) {
        // The server is in the middle of a commit.
        if (!(error instanceof Database.SqliteError)) throw error;
        continue;
      }
      const held = between(0.2, 1) * mostMs;
      await sleep(held, signal);
      other.exec('ROLLBACK');
      locks++;
      lockedMs += held;
    }
  } finally {
    other.close();
  }
}

function flatten(node: ActorNode): ActorNode[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}

/** Kills actors at random, supervisors too, within the budgets: beyond them the server gives up, as it should. */
export async function killActors(
  signal: AbortSignal,
  server: StartedServer,
  everyMs: number,
): Promise<ReadonlyMap<string, number>> {
  const { system } = server.state;
  const kills = new Map<string, number>();
  for (;;) {
    await sleep(between(0.5, 1.5) * everyMs, signal);
    if (signal.aborted) return kills;
    const root = tree(system, server.root);
    if (root === undefined) throw new Error('the tree is gone');
    const spare = (path: string): boolean => {
      const parent = flatten(root).find((node) => node.path === path.slice(0, path.lastIndexOf('/')))?.supervisor;
      return parent !== undefined && (parent.intensity < 2 || parent.restartsUsed < parent.intensity - 1);
    };
    const all = flatten(root).slice(1);
    const isOneOfMany = ({ id }: ActorNode): boolean => /^(host|group|link):/.test(id);
    const some = all.filter(isOneOfMany);
    // Half of the kills to the few that everything hangs on.
    const few = all.filter((node) => !isOneOfMany(node) && spare(node.path));
    const from = few.length > 0 && (some.length === 0 || Math.random() < 0.5) ? few : some;
    const victim = from[Math.floor(Math.random() * from.length)];
    const pid = victim === undefined ? undefined : findActor(system, server.root, victim.path);
    if (victim === undefined || pid === undefined) continue;
    crash(system, pid, 'killed by the soak');
    const kind = victim.id.replace(/:.*/, '');
    kills.set(kind, (kills.get(kind) ?? 0) + 1);
  }
}

/** Agents start anew, and their addresses change, so that sets change too. Gives how often. */
export async function stirAgents(signal: AbortSignal, fleet: Fleet, everyMs: number): Promise<number> {
  let stirred = 0;
  for (;;) {
    await sleep(between(0.5, 1.5) * everyMs, signal);
    if (signal.aborted) return stirred;
    const index = Math.floor(Math.random() * fleet.agents.length);
    const agent = fleet.agents[index];
    stirred++;
    if (stirred % 3 === 0) await agent?.inject({ kind: 'restarts' });
    else agent?.setInterfaces({ lo: ['127.0.0.1'], eth0: fleetAddresses(index, 1 + (stirred % 5)) });
  }
}
