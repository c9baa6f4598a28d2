import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { QUICK_TIMING } from '../../src/sim/agent-timing.js';
import { fleetAddresses } from '../../src/sim/fleet-hosts.js';
import { startFleet, type Fleet } from '../../src/sim/sim-fleet.js';
import { RULE } from '../support/api-client.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer, until } from '../support/whole-server.js';
import { Dice } from './random-edits/dice.js';
import { Editor, type Edit } from './random-edits/editor.js';
import { startFreshServer } from './random-edits/fresh-server.js';
import { unexplained } from './random-edits/unexplained.js';

const FULL = process.env['TRIALS'] === 'full';
const RUNS = Number(process.env['RANDOM_EDIT_RUNS'] ?? (FULL ? 100 : 2));
const LENGTH_MS = Number(process.env['RANDOM_EDIT_SECONDS'] ?? (FULL ? 20 : 6)) * 1000;
const FIRST_SEED = Number(process.env['RANDOM_EDIT_SEED'] ?? 1);
const EDITORS = 4;
/** Fewer than ten: the tenth of a simulated fleet runs the Elixir agent, which cannot show its rules. */
const AGENTS = 9;
const SETTLE_MS = 60_000;

/** Hosts move: they start anew, and get and lose addresses. */
async function stir(signal: AbortSignal, fleet: Fleet, dice: Dice): Promise<void> {
  for (let n = 0; !signal.aborted; n += 1) {
    await sleep(500 * dice.next());
    const index = dice.below(fleet.agents.length);
    if (dice.next() < 0.3) await fleet.agents[index]?.inject({ kind: 'restarts' });
    else fleet.agents[index]?.setInterfaces({ lo: ['127.0.0.1'], eth0: fleetAddresses(index, dice.below(5)) });
  }
}

/** Answers that say that something failed here; the older dialect says with a 500 what it refuses to delete. */
function failed({ status, text }: Edit): boolean {
  return status >= 500 && !/in active profile|associated with/.test(text);
}

/** Lines of error.log but those of groups whose policy an editor broke: nothing else that they do may make an error. */
function errors(directory: string): readonly string[] {
  const file = join(directory, 'error.log');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.includes('"msg":"the group cannot be compiled;'));
}

/**
 * Trial 32: four editors who know nothing of each other create, change, rename and delete whatever there is, in use or
 * not, while hosts move between groups, start anew and change addresses. What is left in the end depends on the documents
 * alone, and each host either runs it or is shown with the reason.
 */
it.each(Array.from({ length: RUNS }, (_, i) => [FIRST_SEED + i]))(
  `trial 32: after ${LENGTH_MS / 1000} s of random edits everything is as a fresh server makes it, or shown with a reason (seed %i)`,
  async (seed) => {
    const dialect = seed % 2 === 0 ? 'dog1' : 'dog2';
    const log = join(temporaryDirectory(), 'log');
    const edited = await startWholeServer({
      set: [
        `ruleset_dialect=${dialect}`,
        'log.level=warn',
        `log.dir=${log}`,
        'hashcheck_alert_seconds=1',
        'repair_interval_seconds=1',
        'repair_max_per_minute=100000',
        'intake.registrations_per_minute=100000',
      ],
    });
    const { api, server } = edited;
    const names = ['alpha', 'beta', 'gamma'];
    for (const name of names) await edited.group(name, [RULE]);
    const fleet = await startFleet({ broker: edited.broker, agents: AGENTS, groups: names, timing: QUICK_TIMING });
    await until(() => server.state.world.rows('host').size === AGENTS, 'every host is there');

    const over = new AbortController();
    const editors = Array.from({ length: EDITORS }, (_, i) => new Editor(api, new Dice(seed * 1000 + i)));
    const work = Promise.all([
      ...editors.map((editor) => editor.editUntil(over.signal, 60)),
      stir(over.signal, fleet, new Dice(seed * 1000 + 999)),
    ]);
    expect(await Promise.race([sleep(LENGTH_MS), server.ended, work])).toBeUndefined();
    over.abort();
    await work;

    const edits = editors.flatMap((editor) => editor.edits);
    expect(edits.filter(failed)).toEqual([]);
    // A host that an operator deleted is taken in again when its agent starts.
    for (const agent of fleet.agents)
      if (edited.host(agent.hostkey) === undefined) await agent.inject({ kind: 'restarts' });
    let left: readonly string[] = ['nothing was looked at yet'];
    for (const end = Date.now() + SETTLE_MS; left.length > 0 && Date.now() < end;) {
      // Hosts go on telling their addresses: what is compared is made from what is stored now.
      const fresh = await startFreshServer(server.state.store, dialect);
      for (const soon = Date.now() + 5_000; left.length > 0 && Date.now() < soon; await sleep(100))
        left = await unexplained(edited, fresh, fleet);
      await fresh.stop();
    }
    expect(left).toEqual([]);
    const { outputs, world, sets } = server.state;
    process.stdout.write(
      `trial 32, seed ${seed}: ${edits.length} edits, ${edits.filter(({ status }) => status < 400).length} taken; ` +
        `${world.rows('group').size} groups, ${outputs.failures.size} of them kept on their last good ruleset; ` +
        `${sets.published?.names.size ?? 0} sets\n`,
    );
    await fleet.stop();
    expect(await edited.stop()).toEqual([]);
    expect(errors(log)).toEqual([]);
  },
  LENGTH_MS + SETTLE_MS + 60_000,
);
