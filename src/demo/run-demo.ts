import type { Json } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import type { SimAgent } from '../sim/sim-agent.js';
import type { Fleet } from '../sim/sim-fleet.js';
import type { StartedServer } from '../server/start-server.js';
import { rulesDifference } from './fleet-table.js';
import { onStage, type DemoOptions } from './on-stage.js';

export interface DemoResult {
  readonly agents: number;
  readonly converged: number;
  readonly tampered_found: number;
  readonly seconds: number;
}

/** Changes one host's rules by hand, and waits until that is found and repaired. */
export function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { out, agents } = options;
  return onStage(options, async ({ server, fleet, watch, seconds }) => {
    const victim = tampered(fleet);
    const { hostkey, name } = victim.progress();
    const expected = inputOf(victim);
    await victim.inject({ kind: 'tampered' });
    out(`now somebody adds a rule by hand on ${name}:\n`);
    out(`\n${rulesDifference(expected, inputOf(victim))}\n`);
    const found = await watch.until('the server compares what hosts report', ({ drifted }) =>
      drifted.includes(hostkey),
    );
    out(`\n${name} has drifted (${hashesText(server, hostkey)}) and is sent its rules again\n`);
    const last = await watch.until('repairing', ({ converged }) => converged === agents);
    const still = inputOf(victim).filter((rule) => !expected.includes(rule));
    out(`\nthe rule that was added is ${still.length === 0 ? 'gone' : 'still there'}\n`);
    return { agents, converged: last.converged, tampered_found: found.drifted.length, seconds: seconds() };
  });
}

/** A host in the middle whose agent can show its rules. */
function tampered({ agents }: Fleet): SimAgent {
  const middle = Math.floor(agents.length / 2);
  const able = agents.slice(middle).find(({ showsItsRules }) => showsItsRules) ?? agents[0];
  if (able === undefined) throw new Error('the fleet has no host');
  return able;
}

/** The IPv4 rules that a host has loaded for what comes in. */
function inputOf({ kernel }: SimAgent): readonly string[] {
  return kernel.filter('inet').rules.filter((rule) => rule.startsWith('-A INPUT '));
}

/** How a report tells: by a hash of the rules. */
function hashesText({ state }: StartedServer, hostkey: string): string {
  const host = state.world.hostByKey(hostkey);
  const group = state.world.groupByName(textOf(host?.group));
  const short = (hash: Json | undefined): string => textOf(hash).slice(0, 12);
  return `the hash of its rules is ${short(host?.hash4_ipsets)}, that of its group's is ${short(group?.hash4_ipsets)}`;
}
