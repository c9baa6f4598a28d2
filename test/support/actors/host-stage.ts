import type { Change } from '../../../src/store/store.js';
import type { ServerEvent } from '../../../src/events/server-event.js';
import { AgentGuardState } from '../../../src/actors/guard/agent-guard-state.js';
import { DriftBook } from '../../../src/actors/hosts/drift-book.js';
import { HostActor, type HostActorNeeds } from '../../../src/actors/hosts/host-actor.js';
import { HostRoom } from '../../../src/actors/hosts/host-room.js';
import { RefusedReports } from '../../../src/actors/intake/refused-reports.js';
import { ConfirmedSets } from '../../../src/actors/publishing/confirmed-sets.js';
import { CONFIG_PUBLISHER, type ConfigCast } from '../../../src/actors/publishing/config-publisher-messages.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import type { Alert } from '../../../src/alerts/alert.js';
import type { OutboxPut } from '../../../src/broker/outbox-contract.js';
import type { HashField } from '../../../src/host/hash-check.js';
import type { HostReport } from '../../../src/host/host-report.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import type { Document } from '../../../src/model/document.js';
import { call, cast, type ServerRef } from '../../../src/otp/index.js';
import type { HostCall, HostCast, HostReply } from '../../../src/actors/hosts/host-messages.js';
import type { RenderedSets } from '../../../src/world/set-book.js';
import { GroupSets } from '../../../src/world/group-sets.js';
import { actorStage, type ActorStage } from './actor-stage.js';
import { hashesOf, outputsOf, rulesetOf } from './outputs-of.js';
import { smallStore, smallWorld, type SmallStore } from './small-world.js';

export const KEY = 'host-key-0001';
export const GROUP = { id: 'g1', name: 'web' };

/** The configuration of a host's actor, with the defaults of `config/default.yaml` where they matter. */
const CONFIG: HostActorNeeds['config'] = {
  auto_register_hosts: true,
  retirement_alert_enabled: true,
  keepalive_alert_enabled: true,
  hash_alert_enabled: true,
  agent_stop_grace_seconds: 120,
  check_v6_hashes: true,
  hashcheck_alert_seconds: 30,
  ipset_hash_valid_seconds: 60,
  max_hash_fail_count: 2,
  keepalive_alert_seconds: 1800,
  retirement_alert_seconds: 7200,
  last_agent_update_check_interval_seconds: 60,
  repair: true,
  repair_interval_seconds: 60,
  api: { commands: true },
  drift: { read_back: true },
  host: { group_owner: undefined, history_keep: 10 },
  intake: { force_interval_seconds: 20 },
};

/** What was noted, and how. */
export interface NotePut {
  readonly key: string;
  readonly changes: readonly Change[];
}

export interface HostStage {
  readonly notes: readonly NotePut[];
  readonly v: ActorStage;
  readonly store: SmallStore;
  readonly needs: HostActorNeeds;
  readonly refused: RefusedReports;
  readonly guard: AgentGuardState;
  /** Targets of what was put into the outbox, oldest first. */
  readonly sent: string[];
  /** What people were told, and the config publisher. */
  readonly alerts: readonly Alert[];
  readonly configs: readonly ConfigCast[];
  /** What listeners are told. */
  readonly events: readonly ServerEvent[];
  readonly host: ServerRef<HostCall, HostReply, HostCast>;
  says(report?: Partial<HostReport> & { readonly holds?: Readonly<Record<string, string>> }): Promise<HostReply>;
  tell(message: HostCast): Promise<void>;
  row(): Document | undefined;
}

export interface HostStageOptions {
  readonly rows?: readonly Document[];
  readonly knowledge?: readonly Document[];
  readonly config?: Partial<HostActorNeeds['config']>;
  readonly needs?: Partial<HostActorNeeds>;
}

/** The row of a host that is in use and holds what its group `web` has. */
export function activeRow(more: Partial<Document> = {}): Document {
  return {
    id: 'h1',
    hostkey: KEY,
    name: 'web1.example.net',
    group: GROUP.name,
    environment: '*',
    location: '*',
    active: 'active',
    hashpass: true,
    hash_fail_count: 0,
    iptables_hash_timestamp: '',
    ipset_hash_timestamp: '',
    ...more,
  };
}

const SETS_TEXT = { text: 'create s', sha: 'of create s', hash: 'sets-now' };
const SETS: RenderedSets = {
  ...SETS_TEXT,
  body: { ...SETS_TEXT, segments: [Buffer.from(SETS_TEXT.text)] },
  names: new Set(['s']),
  parts: new Map(),
  unusable: new Set(),
  problems: [],
  faults: [],
  standIns: new Map(),
  retained: new Set(),
  contents: new Map(),
};

/** A report of the host, by default a keepalive of one that holds all that its group has. */
export function reportOf({
  holds = {},
  ...more
}: Partial<HostReport> & { readonly holds?: Readonly<Record<string, string>> } = {}): HostReport {
  const hashes = { ...hashesOf('now'), ipset_hash: 'sets-now', ...holds } as Record<HashField, string>;
  const interfaces = '{"eth0":["10.1.1.51"]}';
  const place = { group: GROUP.name, environment: '*', location: '*', ...more };
  const { group, environment, location } = place;
  return {
    updateType: 'keepalive',
    stopped: false,
    hostkey: KEY,
    name: 'web1.example.net',
    ...place,
    hashes,
    fields: { hostkey: KEY, name: 'web1.example.net', interfaces, group, environment, location, ...hashes },
  };
}

/** One host's actor alone. Its group `web` has had the ruleset `now` and the sets `sets-now` for an hour. */
export async function hostStage(options: HostStageOptions = {}): Promise<HostStage> {
  const v = actorStage();
  const hourAgo = v.clock.now() / 1000 - 3600;
  const world = smallWorld({
    group: [GROUP],
    host: options.rows ?? [],
    host_report: options.knowledge ?? [],
    ipset: [{ id: 's1', hash: 'sets-now', timestamp: hourAgo }],
  });
  const store = smallStore(world);
  const refused = new RefusedReports(10);
  const guard = new AgentGuardState({ clock: v.clock, maxSilentIntervals: 2, hasHosts: () => true });
  const sent: string[] = [];
  const alerts: Alert[] = [];
  const events: ServerEvent[] = [];
  const notes: NotePut[] = [];
  const put = ({ target }: OutboxPut) => {
    sent.push(target);
    return { accepted: Promise.resolve(), outcome: Promise.resolve({ kind: 'confirmed' } as const) };
  };
  const needs: HostActorNeeds = {
    clock: v.clock,
    config: { ...CONFIG, ...options.config },
    dialect: 'dog2',
    alerts: {
      tell: (alert) => {
        alerts.push(alert);
        return [];
      },
    },
    events: { put: (event) => void events.push(event) },
    world,
    store,
    notes: { put: (key, note) => void notes.push({ key, changes: note.changes() }) },
    outputs: outputsOf(GROUP, rulesetOf('now'), hourAgo),
    confirmedSets: new ConfirmedSets(),
    sets: { published: SETS, untaken: new Set() },
    groupSets: new GroupSets('all', { now: () => 0 }),
    gate: { paused: false },
    outbox: { put },
    guard,
    refused,
    drift: new DriftBook(),
    convergence: { reported: () => undefined },
    repairs: { take: () => true },
    registrations: { take: () => true },
    hostRoom: new HostRoom({ world, alarms: new AlarmBook(() => v.clock.now()), most: 100, mostBytes: 1 << 20 }),
    metrics: createMetrics(),
    log: v.log,
    ...options.needs,
  };
  const configs = await v.hear(CONFIG_PUBLISHER);
  const host = await v.start(new HostActor(needs, KEY));
  return {
    v,
    store,
    needs,
    refused,
    guard,
    sent,
    notes,
    alerts,
    events,
    configs,
    host,
    says: async (report) => {
      const reply = await v.run(call(v.system, host, { tag: 'report', report: reportOf(report) }, Infinity));
      await v.idle();
      return reply;
    },
    tell: async (message) => {
      cast(v.system, host, message);
      await v.idle();
    },
    row: () => world.hostByKey(KEY),
  };
}
