import { setTimeout as sleep } from 'node:timers/promises';
import { counted } from '../model/counted.js';
import type { JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { isObject } from '../model/validate.js';
import { hostsAhead, type Rollout, type RolloutState } from '../rollout/rollout.js';
import type { SimAgent } from '../sim/sim-agent.js';
import { demoRule } from './demo-policy.js';
import { onStage, type DemoOptions, type Stage } from './on-stage.js';
import { EndedEarly } from './watch.js';
import { waysTo } from './ways-to-broker.js';

/** Where the hosts of this demo find the broker (RFC 5737); the guard is told so too. */
const BROKER = { host: '192.0.2.10', port: 5672 };

const WAYS = waysTo(BROKER);

/** Fewer, and the group that is edited has only one or two hosts. */
export const LEAST_AGENTS = 6;

const LOOK_MS = 50;
/** Without a change for so long it is stuck, in milliseconds; generous, for slow machines. */
const PATIENCE_MS = 180_000;

export interface LockoutResult {
  readonly scenario: 'lockout';
  readonly agents: number;
  /** What the edit would have broken, as it was refused first. */
  readonly refused: readonly string[];
  /** States that the rollout went through, in order, without `planned`. */
  readonly states: readonly RolloutState[];
  /** Names of hosts whose loaded rules let no report out, at any time. */
  readonly cut_off: readonly string[];
  /** How many hosts of the group there are, which an edit sent at once would have cut off. */
  readonly hosts_of_group: number;
  /** Hosts that run what they should at the end. */
  readonly converged: number;
  readonly seconds: number;
}

/**
 * An edit that would cut agents off from the broker: refused by the guard, forced through, stopped at one host, taken back
 * (docs/rollout.md#the-demo).
 */
export function runLockout(options: DemoOptions): Promise<LockoutResult> {
  return onStage(options, (stage) => play(stage, options), {
    brokerAt: BROKER,
    letsOut: WAYS.out,
    tries: rolloutTries,
  });
}

function rolloutTries(url: string): readonly (readonly [string, string])[] {
  return [
    [`dog-trainer rollouts --url ${url}`, 'changes that went in steps'],
    [`dog-trainer rollout-policy web --url ${url}`, 'how changes of this group reach its hosts'],
  ];
}

async function play(stage: Stage, { out, agents, signal }: DemoOptions): Promise<LockoutResult> {
  const { api, fleet, server, watch, slow } = stage;
  const { world, outputs } = server.state;
  const group = world.groupByName('web');
  const ruleset = [...world.rows('ruleset').values()].find(({ name }) => name === 'web');
  if (group === undefined || ruleset === undefined) throw new Error('the policy of the demo has no group web');
  const ofGroup = fleet.agents.filter((agent) => agent.progress().group === 'web');
  const others = ofGroup.length - 1;

  const policy = {
    steps: [{ hosts: 1 }, { percent: 50 }, { all: true }],
    bake_keepalives: 1,
    deadline_seconds: 6 * slow,
  };
  await must(api.ask('PUT', '/api/V2/rollout-policy/web', policy));
  out(`changes of group web go to its ${counted(ofGroup.length, 'host')} in steps now: 1 host, 50 %, all\n\n`);

  const { id, ...doc } = ruleset;
  const was = doc['rules'] as JsonObject;
  const path = `/api/V2/ruleset/${id}`;
  const edit = { ...doc, rules: { ...was, outbound: narrowOutbound(world.rows('service').values()) } };
  out('somebody narrows what web servers may send: the site, and nothing else. The broker was forgotten.\n');
  const first = await api.ask('PUT', path, edit);
  if (first.status !== 409) throw new Error(`the edit was not refused: ${first.status} ${JSON.stringify(first.body)}`);
  const refused = guardsOf(first.body);
  out(`the server refuses it (409 ${textOf(first.body['code'])}): ${refused.join(', ')} - no more\n\n`);

  out('they force it through: x-override-reason: "we know what we do"\n');
  await must(api.ask('PUT', path, edit, { 'x-override-reason': 'we know what we do' }));

  const cutOff = new Set<string>();
  const states: RolloutState[] = [];
  const look = (rollout: Rollout): void => {
    // `planned` may be over before it is looked at.
    if (rollout.state !== 'planned' && states.at(-1) !== rollout.state) {
      states.push(rollout.state);
      out(`  ${stateLine(rollout, others)}\n`);
    }
    for (const agent of ofGroup) {
      if (WAYS.out(agent.host) || cutOff.has(nameOf(agent))) continue;
      cutOff.add(nameOf(agent));
      // Simulated agents are handed whatever is sent to them.
      if (!WAYS.in(agent.host)) throw new Error(`the rules of ${nameOf(agent)} would not let its former ones in`);
      out(`  ${nameOf(agent)} has loaded it: nothing that it sends reaches the broker any more, it falls silent\n`);
    }
  };
  const last = await until(signal, 'the rollout is rolled back', () => {
    const rollout = outputs.rollouts.get(group.id);
    if (rollout === undefined) return undefined;
    look(rollout);
    if (rollout.state === 'done') throw new Error('the edit went to all hosts');
    return rollout.state === 'rolled_back' ? rollout : undefined;
  });
  out(
    `\n${counted(cutOff.size, 'host')} of ${ofGroup.length} ${cutOff.size === 1 ? 'was' : 'were'} cut off; sent at once, it would have been all.\n` +
      'It got its rules back over the connection that it had: its rules still let in what belongs to it. A broker gives\n' +
      'such a connection up after two missed heartbeats (this demo has none). Then somebody must go to that one host, and\n' +
      'the rollout says so: rollback_blocked.\n\n',
  );
  for (const { text } of server.state.alarms.list()) out(`alarm: ${text}\n`);

  out('\nthe edit is undone, so that policy says again what hosts have\n');
  await must(api.ask('PUT', path, { ...doc, rules: was }));
  await until(signal, 'the alarm ends', () =>
    outputs.rollouts.get(last.groupId)?.state === 'superseded' && server.state.alarms.list().length === 0
      ? true
      : undefined,
  );
  const { converged } = await watch.until('hosts report', (state) => state.converged === agents);
  return {
    scenario: 'lockout',
    agents,
    refused,
    states,
    cut_off: [...cutOff],
    hosts_of_group: ofGroup.length,
    converged,
    seconds: stage.seconds(),
  };
}

/** The site, and then nothing: also not what belongs to connections that there are. */
function narrowOutbound(services: Iterable<JsonObject>): readonly JsonObject[] {
  const http = [...services].find(({ name }) => name === 'http');
  return [
    demoRule('the site', { service: textOf(http?.['id']) }),
    demoRule('nothing else', { action: 'DROP', states: [] }),
  ];
}

function stateLine(rollout: Rollout, others: number): string {
  const { state, why, failed } = rollout;
  const ahead = hostsAhead(rollout).length;
  switch (state) {
    case 'rolling':
      return `rollout ${rollout.id}: ${counted(ahead, 'host')} gets it first, ${counted(others, 'other')} wait`;
    case 'rolling_back':
      return `rolling back: ${why ?? ''} (${failed.map(({ name, status }) => `${name} is ${status}`).join(', ')})`;
    case 'rolled_back':
      return 'rolled back: the host reports again, with the rules that it had';
    default:
      return `rollout ${rollout.id}: ${state}${why === null ? '' : `: ${why}`}`;
  }
}

/** Names of the guards in a refusal. */
function guardsOf({ guards }: JsonObject): readonly string[] {
  const names = (Array.isArray(guards) ? (guards as unknown[]) : []).map((one) =>
    isObject(one as never) ? textOf((one as JsonObject)['name']) : '',
  );
  return [...new Set(names)].filter((name) => name !== '');
}

function nameOf(agent: SimAgent): string {
  return agent.progress().name;
}

async function must(answer: Promise<{ readonly status: number; readonly body: JsonObject }>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
}

async function until<T>(signal: AbortSignal, what: string, look: () => T | undefined): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (signal.aborted) throw new EndedEarly();
    if (performance.now() > deadline) throw new Error(`${PATIENCE_MS / 1000} seconds passed, and not yet: ${what}`);
    await sleep(LOOK_MS);
  }
}
