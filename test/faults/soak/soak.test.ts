import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createAmqpBroker } from '../../../src/broker/amqp/amqp-broker.js';
import { QUICK_TIMING } from '../../../src/sim/agent-timing.js';
import { startFleet } from '../../../src/sim/sim-fleet.js';
import { textOf } from '../../../src/model/text-of.js';
import { startRabbit } from '../../../src/bench/peers/private-rabbit.js';
import { startWholeServer } from '../../support/whole-server.js';
import { auditFaults, differences, lostEdits, storedPolicy, wholeTrail } from './differences.js';
import { createDocuments, editUntil } from './editors.js';
import { killActors, killBroker, lockStore, stirAgents } from './faults.js';

const FULL = process.env['TRIALS'] === 'full';
const LENGTH_MS = Number(process.env['SOAK_SECONDS'] ?? (FULL ? 600 : 15)) * 1000;
const AGENTS = Number(process.env['SOAK_AGENTS'] ?? (FULL ? 200 : 20));
const GROUPS = Array.from({ length: FULL ? 12 : 4 }, (_, i) => `group${i + 1}`);
/** A minute of a real agent is some seconds of these. */
const TIMING = FULL ? { ...QUICK_TIMING, pollMs: 1_000, keepaliveFirstMs: 3_000, keepaliveMs: 3_000 } : QUICK_TIMING;
const EDITORS = 3;
/** For everybody to have the final state once the faults are over. */
const SETTLE_MS = FULL ? 120_000 : 45_000;

const rabbit = await startRabbit();
const skipped = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (skipped !== undefined) process.stdout.write(`soak skipped: ${skipped}\n`);

/**
 * The soak: all faults at once and at random, on the whole server with a real broker, while agents report and groups are
 * edited. `SOAK_SECONDS` and `SOAK_AGENTS` make it longer or shorter.
 */
it.skipIf(skipped !== undefined)(
  `after ${LENGTH_MS / 1000} s of faults ${AGENTS} hosts run a fresh compile of the final state, and no edit is lost`,
  async ({ skip }) => {
    if ('unavailable' in rabbit) return skip(rabbit.unavailable);
    const broker = createAmqpBroker({ urls: [rabbit.url], heartbeatSeconds: 2 });
    const whole = await startWholeServer({
      broker,
      set: [
        'broker.kind=amqp',
        `broker.url=${rabbit.url}`,
        'log.level=silent',
        `hashcheck_alert_seconds=${FULL ? 6 : 2}`,
        // Every tenth host cannot show its rules: it is looked at.
        'api.commands=true',
        'drift.read_back=true',
        `drift.read_back_seconds=${FULL ? 6 : 2}`,
        `repair_interval_seconds=${FULL ? 6 : 2}`,
        'repair_max_per_minute=100000',
        'intake.registrations_per_minute=100000',
        'profile_periodic_publish_interval_seconds=0.5',
        'ipset_periodic_publish_interval_seconds=0.5',
        // The guard closes in an outage, as it does in the field.
        'last_agent_update_check_interval_seconds=2',
      ],
    });
    const { server, api, data } = whole;
    const { state } = server;
    const documents = await createDocuments(api, GROUPS);
    const fleet = await startFleet({ broker, agents: AGENTS, groups: GROUPS, timing: TIMING, spreadMs: AGENTS * 10 });
    const hosts = (): { id: string; name: string }[] =>
      [...state.world.rows('host').values()].map(({ id, name }) => ({ id, name: textOf(name) }));
    await expect.poll(() => hosts().length, { timeout: 60_000, interval: 200 }).toBe(AGENTS);

    const over = new AbortController();
    const { signal } = over;
    const edited = { api, documents, groupNames: GROUPS, hosts, pauseMs: FULL ? 300 : 100, editors: EDITORS };
    const short = Math.min(LENGTH_MS / 2, 30_000);
    const work = Promise.all([
      Promise.all(Array.from({ length: EDITORS }, (_, editor) => editUntil(signal, { ...edited, editor }))),
      killBroker(signal, rabbit, short),
      lockStore(signal, join(data, 'dog_trainer.db'), short / 2, FULL ? 8_000 : 2_000),
      killActors(signal, server, FULL ? 1_500 : 700),
      stirAgents(signal, fleet, 500),
    ]);
    const gaveUp = await Promise.race([sleep(LENGTH_MS), server.ended]);
    over.abort();
    expect(gaveUp).toBeUndefined();
    const [perEditor, brokerKills, { locks, lockedMs }, kills, stirred] = await work;

    const edits = perEditor.flat();
    const { store, dialect } = state;
    try {
      await expect.poll(() => differences(store, fleet, dialect), { timeout: SETTLE_MS, interval: 500 }).toEqual([]);
    } catch (error) {
      const queues = await rabbit.ctl(
        'list_queues',
        '-p',
        'dog',
        'name',
        'messages',
        'consumers',
        '--no-table-headers',
      );
      const { text } = await api('GET', '/readyz');
      process.stdout.write(`soak: not settled; ${text}\n${JSON.stringify(state.outbox.snapshot())}\n${queues}\n`);
      throw error;
    }
    const trail = await wholeTrail(store);
    expect(auditFaults(edits, trail)).toEqual([]);
    expect(lostEdits(edits, await storedPolicy(store))).toEqual([]);
    const answered = edits.filter(({ status }) => status === 303).length;
    expect(answered).toBeGreaterThan(edits.length / 4);
    const { confirmed, superseded, failed, dropped } = state.outbox.snapshot();
    expect(dropped).toBe(0);
    const reports = fleet.progress().reduce((sum, agent) => sum + agent.reportsSent, 0);
    const killed = [...kills].map(([kind, n]) => `${kind} ${n}`).join(', ');
    const refusals = new Map<number, number>();
    for (const { status } of edits) refusals.set(status, (refusals.get(status) ?? 0) + 1);
    process.stdout.write(
      `soak: ${LENGTH_MS / 1000} s, ${AGENTS} agents, ${reports} reports, ${stirred} agents restarted or moved addresses; ` +
        `${edits.length} edits (${[...refusals].map(([status, n]) => `${n} answered ${status}`).join(', ')}), ` +
        `${trail.length} audit entries; ${confirmed} messages confirmed, ${superseded} superseded, ${failed} tried again; ` +
        `broker killed ${brokerKills} times, store locked ${locks} times for ${(lockedMs / 1000).toFixed(1)} s, ` +
        `${[...kills.values()].reduce((a, b) => a + b, 0)} actors killed (${killed}); ` +
        `${state.deadLetters.total} dead letters\n`,
    );
    await fleet.stop();
    expect(await whole.stop()).toEqual([]);
    await rabbit.close();
  },
  LENGTH_MS + SETTLE_MS + 180_000,
);
