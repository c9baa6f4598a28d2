import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryBroker, type MemoryBroker } from '../../../src/broker/memory/memory-broker.js';
import type { JsonObject } from '../../../src/model/document.js';
import { virtualClock, type VirtualClock } from '../../../src/otp/testing/index.js';
import { textOf } from '../../../src/model/text-of.js';
import type { FlatState } from '../../../src/server/state/server-state.js';
import { agentHash, normalizeAgentRuleset } from '../../../src/sim/agent-normalize.js';
import { QUICK_TIMING } from '../../../src/sim/agent-timing.js';
import { fleetHost } from '../../../src/sim/fleet-hosts.js';
import { SharedConnection } from '../../../src/sim/shared-connection.js';
import { SimAgent } from '../../../src/sim/sim-agent.js';
import { startFleet, type Fleet } from '../../../src/sim/sim-fleet.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import { decodeRulesPayload } from '../../../src/wire/messages/rules-payload.js';
import { client, RULE } from '../../support/api-client.js';
import { startKillable, type KillableServer } from './killable-server.js';
import { Ledger } from './ledger.js';
import { spiedBroker } from './spied-broker.js';
import { watchedStore, type WatchedStore } from '../../support/watched-store.js';

export const POLICY = {
  steps: [{ hosts: 1 }, { percent: 50 }, { all: true }],
  bake_keepalives: 0,
  deadline_seconds: 6,
};

/** What stands in minutes in the field is seconds here, as the agents' keepalive is. */
const SETTINGS = [
  'keepalive_alert_seconds=60',
  'hashcheck_alert_seconds=4',
  'repair_interval_seconds=2',
  'repair_max_per_minute=100000',
  'last_agent_update_check_interval_seconds=5',
  'max_interval_since_last_agent_update=2',
];
const STEP_MS = 20;
const REAL_PAUSE_EVERY = 10;
const LOOK_EVERY = 5;
/** Turns of the event loop after which a store that does not answer is taken for lost. */
const MOST_TURNS = 100_000;

/**
 * A group `web` whose changes go in steps and a group `db`, their hosts, and one server or two on one store and one
 * broker, on virtual time. Time stands still while the store is at work: how fast the disk is decides nothing.
 */
export class FleetOfServers {
  readonly clock: VirtualClock = virtualClock(Date.UTC(2026, 2, 1));
  readonly broker: MemoryBroker = createMemoryBroker();
  readonly servers: KillableServer[] = [];
  readonly joined: SimAgent[] = [];
  #ledger: Ledger | undefined;
  #store: WatchedStore | undefined;
  #fleet: Fleet | undefined;
  readonly #connections: SharedConnection[] = [];
  #steps = 0;
  #starting = 0;
  #names = 0;
  /** Ids, the same in every run: which hosts come first depends on the group's. */
  readonly web = '11111111-1111-4111-8111-111111111111';
  readonly db = '22222222-2222-4222-8222-222222222222';
  readonly ruleset = `ruleset-${this.web}`;
  readonly zone = '33333333-3333-4333-8333-333333333333';
  /** Rules that left a server. */
  sent = 0;
  /** What each key was sent, in order; `texts`: all of the message but its time stamp, which is read by nobody. */
  readonly wire: { readonly key: string; readonly hash: string; readonly texts: string }[] = [];
  readonly elected: boolean;
  readonly #more: { readonly set: readonly string[]; readonly forgetsRollouts: boolean };

  /** `set` and `forgetsRollouts` take a protection out. */
  constructor({
    elected = false,
    set = [],
    forgetsRollouts = false,
  }: { readonly elected?: boolean; readonly set?: readonly string[]; readonly forgetsRollouts?: boolean } = {}) {
    this.elected = elected;
    this.#more = { set, forgetsRollouts };
  }

  get ledger(): Ledger {
    return must(this.#ledger);
  }

  get store(): WatchedStore {
    return must(this.#store);
  }

  get agents(): readonly SimAgent[] {
    return [...must(this.#fleet).agents, ...this.joined];
  }

  /** The server that does the work; undefined: none does now. */
  get state(): FlatState | undefined {
    for (const { server, alive } of this.servers) {
      if (!alive) continue;
      try {
        if (!this.elected || server.standing().role === 'leader') return server.state;
      } catch {
        // It has not begun its work.
      }
    }
    return undefined;
  }

  /** `policy` null: changes go to all at once. */
  async start({ agents = 9, policy = POLICY }: { readonly agents?: number; readonly policy?: JsonObject | null } = {}) {
    const opened = await createSqliteStore({ path: ':memory:', now: () => Math.floor(this.clock.now()) });
    this.#store = watchedStore(opened, this.clock, (rows) => this.#ledger?.committed(rows));
    await this.flow(this.startServer());
    if (this.elected) await this.flow(this.startServer());
    await this.until(() => this.state !== undefined, 'a server works', 30_000);
    await this.#write('zone', this.zone, { name: 'office', ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] });
    for (const name of ['web', 'db'] as const) {
      const [id, rules] = [this[name], { inbound: this.rules(0), outbound: [] }];
      await this.#write('profile', `profile-${id}`, { name, version: '1.0' });
      await this.#write('ruleset', `ruleset-${id}`, { name, profile_id: `profile-${id}`, rules });
      const of = { profile_id: `profile-${id}`, profile_name: name, profile_version: 'latest' };
      await this.#write('group', id, { name, description: '', ...of });
    }
    await this.until(
      () => [this.web, this.db].every((id) => this.#isPublished(id)),
      'both groups are published',
      20_000,
    );
    if (policy !== null) await this.#setPolicy(policy);
    this.#fleet = await this.flow(
      startFleet({
        broker: this.broker,
        agents,
        groups: ['web', 'web', 'db'],
        timing: QUICK_TIMING,
        clock: this.clock,
        connections: 2,
      }),
    );
    await this.until(
      () => this.hosts().filter(({ active }) => active === 'active').length === agents,
      'all active',
      20_000,
    );
    this.#ledger = new Ledger(this.web);
    await this.until(() => this.differing().length === 0, 'all hosts have their first rules', 20_000);
  }

  rules(edit: number): JsonObject[] {
    const zone = { ...RULE, group_type: 'ZONE', group: this.zone };
    return edit === 0 ? [zone] : [zone, { ...RULE, comment: `edit ${edit}` }];
  }

  async startServer(): Promise<KillableServer> {
    this.#starting += 1;
    try {
      const started = await startKillable({
        store: this.store,
        broker: spiedBroker(this.broker, ({ exchange, routingKey, body }) => {
          if (exchange === 'iptables') this.#heard(routingKey, body);
        }),
        clock: this.clock,
        elected: this.elected,
        name: `s${(this.#names += 1)}`,
        set: [...SETTINGS, ...this.#more.set],
        forgetsRollouts: this.#more.forgetsRollouts,
      });
      this.servers.push(started);
      return started;
    } finally {
      this.#starting -= 1;
    }
  }

  get isStarting(): boolean {
    return this.#starting > 0;
  }

  hosts(): readonly JsonObject[] {
    return [...(this.state?.world.rows('host').values() ?? [])];
  }

  /** A host that was not there before. */
  async join(number: number): Promise<void> {
    const agent = new SimAgent({ identity: fleetHost(number, 'web'), timing: QUICK_TIMING, clock: this.clock });
    const connection = new SharedConnection(this.broker, this.clock, QUICK_TIMING.reconnectMs);
    await connection.open();
    this.#connections.push(connection);
    this.joined.push(agent);
    connection.start(agent);
  }

  /** Writes as an editor does beside the API: what the server makes of it does not depend on when its socket is served. */
  async edit(table: 'ruleset' | 'host' | 'zone', id: string, change: JsonObject): Promise<void> {
    const edit = (row: JsonObject) => ({ ...row, ...change }) as never;
    await this.flow(this.store.commit([{ op: 'edit', table, id, edit }], { author: 'editor' }));
  }

  async #write(table: 'zone' | 'profile' | 'ruleset' | 'group', id: string, doc: JsonObject): Promise<void> {
    await this.flow(
      this.store.commit([{ op: 'upsert', table, id, edit: () => ({ ...doc, id }) }], { author: 'editor' }),
    );
  }

  async #setPolicy(policy: JsonObject): Promise<void> {
    const working = must(this.servers.find(({ server }) => isWorking(server)));
    const answer = await this.flow(client(working.server.listening.api)('PUT', '/api/V2/rollout-policy/web', policy));
    if (answer.status >= 300) throw new Error(answer.text);
  }

  /** Those of its agents that hold rules with this edit. */
  holding(edit: number): readonly SimAgent[] {
    const hash = this.wire.find(({ texts }) => texts.includes(`edit ${edit}"`))?.hash;
    return this.agents.filter((agent) => agent.progress().hashes.hash4_ipsets === hash);
  }

  #isPublished(groupId: string): boolean {
    return typeof this.state?.outputs.get(groupId)?.publishedAt === 'number';
  }

  /** Reporting hosts that do not have what the state says, in words. */
  differing(): readonly string[] {
    const { state } = this;
    if (state === undefined) return ['no server works'];
    return this.agents.flatMap((agent) => {
      const { group, hashes, running } = agent.progress();
      const row = state.world.hostByKey(agent.hostkey);
      if (!running || row?.active === 'retired') return [];
      if (row === undefined) return [`${agent.hostkey} is not known`];
      if (row.group !== group) return [`${agent.hostkey} is of ${group}, not of ${textOf(row.group)}`];
      const given = state.outputs.get(row.group === 'web' ? this.web : this.db)?.ruleset;
      if (hashes.hash4_ipsets !== given?.texts.set4.hash) return [`${agent.hostkey} of ${group} has other rules`];
      return hashes.ipset_hash === state.sets.published?.hash ? [] : [`${agent.hostkey} has other sets`];
    });
  }

  /** Lets time pass; looks at every tenth of a second whether a host is ahead of its step. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) await this.#step();
  }

  async flow<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const note = (): void => void (done = true);
    work.then(note, note);
    while (!done) {
      await this.#step();
      await sleep(1);
    }
    return work;
  }

  async until(look: () => boolean, what: string, withinMs: number): Promise<void> {
    for (let passed = 0; !look(); passed += STEP_MS) {
      if (passed >= withinMs) throw new Error(`not within ${withinMs / 1000} virtual seconds: ${what}`);
      await this.#step();
    }
  }

  async stop(): Promise<void> {
    const fleet = this.#fleet;
    await this.flow(
      Promise.all([...this.servers.map((server) => server.stop()), ...this.joined.map((agent) => agent.stop())]),
    );
    await this.flow(Promise.all(this.#connections.map((connection) => connection.close())));
    if (fleet !== undefined) await this.flow(fleet.stop());
    await this.#store?.close();
  }

  async #step(): Promise<void> {
    await this.clock.advance(STEP_MS, () => this.#breathe());
    this.#steps += 1;
    // Sockets and other threads.
    if (this.#steps % REAL_PAUSE_EVERY === 0) await sleep(1);
    if (this.#steps % LOOK_EVERY === 0) this.#look();
  }

  async #breathe(): Promise<void> {
    for (let turn = 0; turn < 6 || (this.store.pending > 0 && turn < MOST_TURNS); turn += 1)
      await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #look(): void {
    const ledger = this.#ledger;
    if (ledger === undefined || this.#fleet === undefined) return;
    for (const agent of this.agents) {
      const hash = agent.progress().hashes.hash4_ipsets;
      if (!ledger.mayHold(agent.hostkey, hash))
        ledger.fault(`${agent.hostkey} holds rules of a step that is not its own`);
    }
  }

  #heard(key: string, body: Uint8Array): void {
    const payload = decodeRulesPayload(body);
    const text = payload.ruleset4_ipset;
    const ledger = this.#ledger;
    if (typeof text !== 'string' || ledger === undefined) return;
    const hash = agentHash(normalizeAgentRuleset(text));
    this.sent += 1;
    this.wire.push({ key, hash, texts: JSON.stringify(payload).replaceAll('\\"', '"') });
    const hostkey = /^\*\.\*\.\*\.(.+)$/.exec(key)?.[1];
    if (hostkey !== undefined && !ledger.mayHold(hostkey, hash))
      ledger.fault(`${hostkey} was sent rules ahead of its step`);
    if (hostkey === undefined && !ledger.mayHold('', hash)) ledger.fault(`${key} was sent rules that are not promoted`);
  }
}

function isWorking(server: KillableServer['server']): boolean {
  try {
    return server.standing().role !== 'follower' && server.state !== undefined;
  } catch {
    return false;
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it was not started');
  return value;
}
