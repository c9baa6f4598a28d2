import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { PATIENT, type Cluster, type LogLine, type Member, type Reign } from '../../support/cluster.js';
import { until } from '../../support/whole-server.js';
import type { LeaseHistory } from './lease-history.js';
import type { SharedApi } from './two-apis.js';

/** What happens to a leader: SIGKILL, SIGSTOP past its lease and SIGCONT, SIGTERM. */
export type Fate = 'killed' | 'frozen' | 'stopped';

export const LEASE_MS = 6_000;
/** A follower asks when the lease is over and a little later (`Candidate`), and at least every sixth of a lease. */
const JITTER_MS = 250;
const LOOK_MS = LEASE_MS / 6;
/** For a question to the store on a machine that is busy with the trial itself. */
const BUSY_MS = 1_000;

/** Longest time without a leader, by what happened to the one before. */
export const DEADLINE_MS = {
  killed: LEASE_MS + JITTER_MS + BUSY_MS,
  frozen: LEASE_MS + JITTER_MS + BUSY_MS,
  /** From the moment at which the lease is given up. */
  stopped: LOOK_MS + JITTER_MS + BUSY_MS,
} as const;

/** One change of leaders. */
export interface Takeover {
  readonly fate: Fate;
  readonly from: Reign;
  readonly to: Reign;
  /** From the signal (for an ordered stop: from the lease given up) to the line `leading`. */
  readonly ms: number;
  /** To `/readyz` of the new leader. */
  readonly readyMs: number;
}

export interface Scene {
  readonly cluster: Cluster;
  readonly lease: LeaseHistory;
  readonly shared: SharedApi;
}

/** Ends the lead of whoever leads, waits for the next one, and starts the old one again until it stands by. */
export async function dethrone({ cluster, lease, shared }: Scene, fate: Fate): Promise<Takeover> {
  const old = await cluster.leader();
  const from = cluster.reigns().at(-1) as Reign;
  expect(from.name).toBe(old.name);
  const at = Date.now();
  if (fate === 'killed') {
    const killed = old.kill();
    shared.out(old);
    await killed;
  } else if (fate === 'frozen') {
    shared.out(old);
    old.freeze();
  } else {
    const stopped = old.stop();
    shared.out(old);
    expect(await stopped, 'exit code of an ordered stop').toBe(0);
  }
  const next = await cluster.leader(old);
  const readyMs = Date.now() - at;
  const to = cluster.reigns().at(-1) as Reign;
  expect([to.name, to.term], 'the next leader').toEqual([next.name, from.term + 1]);
  if (fate === 'frozen') await thawed(old, from);
  else await old.start();
  const given = lease.versions.find(({ holder, expiresAt }) => holder === from.holder && expiresAt === 0);
  if (fate === 'stopped') expect(given, 'the lease given up').toBeDefined();
  const ms = to.from - (fate === 'stopped' ? (given?.seenAt ?? at) : at);
  expect(ms, `takeover from one that was ${fate}`).toBeLessThan(DEADLINE_MS[fate]);
  await standsBy(old);
  shared.back(old);
  return { fate, from, to, ms, readyMs };
}

/** A leader that learns of its loss when it runs again says so, once, and stands by in the same process. */
export async function thawed(old: Member, reign: Reign): Promise<void> {
  await sleep(Math.random() * 1_000);
  const before = old.lines().length;
  old.thaw();
  await hasLost(old, reign, before);
}

/** `before`: lines of its log until the thaw. */
export async function hasLost(old: Member, { term }: Reign, before: number): Promise<void> {
  const since = (): readonly LogLine[] => old.lines().slice(before);
  await until(() => since().some(({ msg }) => msg.startsWith('the lease is lost')), 'it knows', PATIENT);
  await standsBy(old);
  expect(old.child.process.exitCode, 'it runs').toBeNull();
  const lost = since().filter(({ msg }) => msg.startsWith('the lease is lost'));
  expect(lost).toEqual([expect.objectContaining({ level: 'error', term, name: old.name })]);
}

export function standsBy(member: Member): Promise<unknown> {
  return until(
    async () => {
      const { ready, reasons } = await member.ready();
      return ready && reasons.some((reason) => reason.startsWith('standing by'));
    },
    `${member.name} stands by`,
    PATIENT,
  );
}
