import { AlarmBook } from '../../src/alarms/alarm-book.js';
import { BrokerLink } from '../../src/actors/broker/broker-link.js';
import { LinkBook } from '../../src/actors/links/link-book.js';
import { RulesetOutputs } from '../../src/actors/groups/ruleset-outputs.js';
import { AgentGuardState } from '../../src/actors/guard/agent-guard-state.js';
import { DriftBook } from '../../src/actors/hosts/drift-book.js';
import { RefusedMessages } from '../../src/actors/intake/refused-messages.js';
import type { RefusedReport } from '../../src/actors/intake/refused-reports.js';
import { ConfirmedSets } from '../../src/actors/publishing/confirmed-sets.js';
import type { CommandReply } from '../../src/actors/commands/remote-commands-messages.js';
import { ConvergenceBook } from '../../src/actors/hosts/convergence-book.js';
import { PublishQueue } from '../../src/actors/publishing/publish-queue.js';
import { PublishingGate } from '../../src/actors/publishing/publishing-gate.js';
import { createOutbox } from '../../src/broker/outbox.js';
import type { Config } from '../../src/config/schema.js';
import { loadConfig } from '../../src/config/load.js';
import { CompileBook } from '../../src/firewall/policy/compile-book.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import type { Pid } from '../../src/otp/index.js';
import { virtualSystem, type VirtualSystem } from '../../src/otp/testing/index.js';
import { TraceRoom } from '../../src/operations/actors/trace-room.js';
import type { LeadingNeeds } from '../../src/operations/leading-operations.js';
import { dogTrainerSup } from '../../src/supervisors/dog-trainer-sup.js';
import type { Change, Store, StoreState } from '../../src/store/store.js';
import { SetBook } from '../../src/world/set-book.js';
import { WORLD_TABLES, World } from '../../src/world/world.js';
import { GroupSets } from '../../src/world/group-sets.js';
import { stubMakers } from '../support/stub-actors.js';
import { started } from '../support/supervision.js';

export const START = Date.UTC(2026, 0, 1);

/** The host whose reports are refused. */
export const REFUSED: RefusedReport = {
  hostkey: 'h',
  name: '',
  group: '',
  reason: 'malformed',
  detail: 'report refused',
  count: 1,
  first_at: 1,
  last_at: 1,
};

/** What operations are told from: real plain state, a store and group actors that only note what they are asked. */
export interface Parts {
  readonly v: VirtualSystem;
  readonly needs: LeadingNeeds & { readonly store: Pick<Store, 'list'>; readonly config: Config };
  readonly root: () => Pid | undefined;
  readonly alarms: AlarmBook;
  readonly world: World;
  readonly store: { state: StoreState; refuses: Error | undefined; readonly commits: unknown[] };
  /** What group actors and publishers were sent: the group or name, and the message. */
  readonly sent: unknown[];
  /** What the actor that speaks with agents was asked, and what it answers. */
  readonly commands: { readonly asked: unknown[]; answers: CommandReply };
}

/** A tree of actors that do nothing, on virtual time, and the state of a server without hosts or policy. */
export async function parts(): Promise<Parts> {
  const v = virtualSystem(START);
  const { system } = v;
  const parent = await v.run(system.spawn({ init: () => undefined, handle: () => undefined }, { label: 'the test' }));
  const sent: unknown[] = [];
  const commands: Parts['commands'] = { asked: [], answers: { ok: false, code: 'timeout', message: 'no answer' } };
  const stubs = stubMakers();
  const notes = (name: string) => () => ({
    handleCast: (_self: unknown, message: unknown) => void sent.push([name, message]),
  });
  const publishers = {
    ...stubs.publishers,
    ipsetPublisher: notes('ipset_publisher'),
    iptablesPublisher: notes('iptables_publisher'),
    remoteCommands: () => ({
      handleCall(_self: unknown, question: unknown) {
        commands.asked.push(question);
        return commands.answers;
      },
    }),
  };
  const root = started(await v.run(dogTrainerSup({ ...stubs, publishers }).start({ system, parent })));
  const alarms = new AlarmBook(() => v.clock.now());
  const world = new World({ generateUnset: true });
  for (const table of WORLD_TABLES) world.reconcile(table, []);
  const store: Parts['store'] = { state: { up: true, since: START }, refuses: undefined, commits: [] };
  const { config } = loadConfig({});
  const outputs = new RulesetOutputs();
  const needs: Parts['needs'] = {
    system,
    traces: new TraceRoom(),
    config,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    store: {
      state: () => store.state,
      list: async () => [],
      listFields: async () => [],
      get: async () => undefined,
      commit: async (changes: readonly Change[]) => {
        if (store.refuses !== undefined) throw store.refuses;
        store.commits.push(changes);
        return { ok: true, stored: [] };
      },
    },
    alarms,
    metrics: createMetrics(),
    world,
    sets: new SetBook(world.policy, 'dog2'),
    groupSets: new GroupSets('all', { now: () => 0 }),
    outputs,
    broker: { describe: 'rabbit.example' },
    link: new BrokerLink(),
    reportsLink: new BrokerLink(),
    outbox: createOutbox({}),
    journal: undefined,
    queue: new PublishQueue(),
    gate: new PublishingGate(),
    guard: new AgentGuardState({ clock: v.clock, maxSilentIntervals: 1, hasHosts: () => true }),
    confirmedSets: new ConfirmedSets(),
    drift: new DriftBook(),
    convergence: new ConvergenceBook({ clock: v.clock, config, world, rollouts: outputs.rollouts }),
    book: new LinkBook({ clock: v.clock, world, intervalMs: 5000 }),
    links: { call: () => Promise.resolve({ accepted: false }) },
    refused: { list: () => [REFUSED] },
    refusedMessages: new RefusedMessages(),
    groups: { send: (key, message) => sent.push([key, message]) > 0 },
    hosts: { call: (key, message) => Promise.resolve((sent.push([key, message]), { sent: ['ruleset'], why: null })) },
    management: undefined,
    rollers: { call: () => Promise.resolve({ ok: true }) },
    dialect: 'dog2',
    compiles: new CompileBook(world.policy, { dialect: 'dog2', generateUnset: true }),
    foresight: {
      wouldShip: () => Promise.reject(new Error('nobody plans here')),
      judgePin: () => Promise.reject(new Error('nobody judges here')),
      wrote: () => undefined,
      guards: () => Promise.resolve({ guards: [], idle: [] }),
      inTurn: (work) => work(),
    },
    actorEvents: { put: () => undefined },
  };
  return {
    v,
    needs,
    root: () => root,
    alarms,
    world,
    store,
    sent,
    commands,
  };
}
