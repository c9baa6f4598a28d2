import { expect, it } from 'vitest';
import { Dice } from './random-edits/dice.js';
import { FleetOfServers } from './rollouts/fleet-of-servers.js';
import { playSchedule, type Story } from './rollouts/play-schedule.js';

const FULL = process.env['TRIALS'] === 'full';
const RUNS = Number(process.env['ROLLOUT_RUNS'] ?? (FULL ? 500 : 50));
const FIRST_SEED = Number(process.env['ROLLOUT_SEED'] ?? 1);
/** Every so many schedules there are two servers, which take over from each other. */
const ELECTED_EVERY = 5;
const LIMIT_MS = 120_000;
/** After so many schedules that failed, those that are left tell no more. */
const MOST_FAILURES = 5;

/**
 * Trial 35: while changes of a group go to its hosts in steps, the server is killed at its transitions, the broker goes
 * away, hosts fall silent, load something else, move, retire and join, addresses change, and operators pause, resume,
 * abort and promote. No host ever holds, and none is ever sent, what is not its own by then; in the end every host that
 * reports holds what the state says.
 */
it(
  `trial 35: in ${RUNS} schedules of faults no host is ahead of its step, and all come right`,
  { timeout: RUNS * LIMIT_MS },
  async () => {
    const totals = { transitions: 0, kills: 0, sent: 0 };
    const states = new Map<string, number>();
    const failures: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
      const world = new FleetOfServers({ elected: seed % ELECTED_EVERY === 0 });
      const story: Story = [];
      try {
        await world.start();
        await playSchedule(world, new Dice(seed), story);
        expect(world.ledger.faults).toEqual([]);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        failures.push(
          [`seed ${seed} (ROLLOUT_SEED=${seed} ROLLOUT_RUNS=1): ${why}`, ...world.ledger.faults, ...story].join('\n'),
        );
      } finally {
        await world.stop();
      }
      totals.transitions += world.ledger.transitions;
      totals.kills += world.servers.filter(({ alive }) => !alive).length;
      totals.sent += world.sent;
      if (failures.length >= MOST_FAILURES) break;
      for (const [state, count] of world.ledger.states) states.set(state, (states.get(state) ?? 0) + count);
    }
    expect(failures.join('\n\n')).toBe('');
    const told = [...states].map(([state, count]) => `${state} ${count}`).join(', ');
    process.stdout.write(
      `trial 35: ${RUNS} schedules, ${totals.kills} servers killed, ${totals.transitions} transitions stored ` +
        `(${told}), ${totals.sent} rulesets sent; 0 hosts ahead of their step\n`,
    );
  },
);
