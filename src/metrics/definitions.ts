import { type HashField, variantsOfType } from '../model/ruleset-variants.js';
import { ROLLOUT_STATES } from '../rollout/rollout.js';

/** In the order of the metric's lines. */
const HASHES: readonly HashField[] = [
  ...(['iptables', 'ipsets'] as const).flatMap((type) => variantsOfType(type).map(({ hashField }) => hashField)),
  'ipset_hash',
];

/**
 * The Erlang server's counters (docs/metrics.md#counters-that-scrapers-know), printed by imetrics paths and `/metrics`
 * alike. `keys`: fixed keys, which exist at 0 from the start; `open`: other keys may come; no `keys` and not `open`: no
 * key at all.
 */
export const OLD_COUNTERS = {
  ips_update: {
    help: 'Reports from agents, by update type',
    keys: ['force', 'update', 'keepalive', 'exception'],
    open: true,
  },
  ipset_queue_add: { help: 'Requests to rebuild the sets, by source', open: true },
  ipset_queue_add_force: { help: 'Forced requests to rebuild the sets, by source', open: true },
  ipset_publish: { help: 'Global sets handed to the broker' },
  iptables_publish: { help: 'Rulesets handed to the broker' },
  iptables_publish_group: { help: 'Rulesets handed to the broker, by group', open: true },
  generate_iptables_ruleset: { help: 'Tables generated, by result', keys: ['ok', 'error'] },
  external_queue_add: { help: 'Changes of our own sets to be sent to linked servers' },
  ipset_outbound_publish: { help: 'Messages with our sets that brokers of linked servers confirmed' },
  external_ipset_update: { help: 'Messages with sets received from linked servers' },
  watcher: {
    open: true,
    help: 'Changes seen in the store, by table',
    keys: [
      'ruleset_update',
      'profile_update',
      'service_update',
      'host_active_update',
      'group_update',
      'zone_update',
      'link_update',
      'host_config_update',
    ],
  },
  alert: {
    help: 'Alerts handed to the mail relay, by kind',
    keys: ['retirement', 'keepalive_fail', 'keepalive_recover', 'hash_fail', 'hash_recover'],
    open: true,
  },
  file_transfer: {
    help: 'Remote requests started, by kind',
    keys: ['execute_command', 'delete_file', 'send_file', 'fetch_file'],
  },
} as const satisfies Definitions;

/**
 * The Erlang server's gauges (docs/metrics.md#gauges-that-scrapers-know), with those of its older versions:
 * `hash_failures`, `failure`.
 */
export const OLD_GAUGES = {
  publish_queue_length: { help: 'Groups waiting to be published' },
  interval_since_last_agent_update: { help: 'Intervals since any agent reported' },
  no_agent_updates_received: { help: '1 while nothing is published because no agent reports' },
  host_active_state: { help: 'Hosts, by state', keys: ['new', 'active', 'inactive', 'retired'] },
  host_keepalive: {
    help: 'Hosts past a deadline, and hosts back from retirement',
    keys: ['retirement', 'inactive', 'failure', 'recovery'],
  },
  hash_failures: {
    help: 'Hosts whose last report failed a comparison, by hash',
    keys: HASHES,
  },
} as const satisfies Definitions;

/** This server's own counters: only on `/metrics`. */
export const OWN_COUNTERS = {
  dog_trainer_crashes_total: { help: 'Actors that ended by their own fault, by kind', open: true },
  dog_trainer_restarts_total: { help: 'Actors restarted, by supervisor', open: true },
  dog_trainer_reports_refused_total: { help: 'Reports refused, by reason', open: true },
  dog_trainer_link_refused_total: { help: 'Messages of linked servers refused, by link', open: true },
  dog_trainer_dead_letters_total: { help: 'Messages given up, by kind', open: true },
  dog_trainer_repairs_total: { help: 'Rules, sets or configuration sent to one host again, by kind', open: true },
  dog_trainer_ec2_changes_total: {
    help: 'Rules of EC2 security groups that were authorised and revoked',
    keys: ['authorized', 'revoked'],
  },
  dog_trainer_ec2_failures_total: {
    help: 'Tries to keep the security groups of a region that failed, by reason',
    keys: ['credentials', 'throttled', 'unavailable', 'refused'],
  },
  dog_trainer_compile_failures_total: { help: 'Compiles refused, the group keeping its last good rules' },
  dog_trainer_publish_failures_total: { help: 'Publishes that failed, by reason', open: true },
  dog_trainer_alerts_delivered_total: { help: 'Alerts that a channel has delivered, by channel', open: true },
  dog_trainer_alert_failures_total: { help: 'Tries to deliver alerts that failed, by channel', open: true },
  dog_trainer_journal_dropped_total: {
    help: 'Messages of an earlier run that the journal held and that are not sent, by reason',
    keys: ['too_old', 'another_server_led'],
  },
  dog_trainer_mail_failures_total: { help: 'Tries to send mail that failed' },
  dog_trainer_authentication_failures_total: { help: 'API requests with a missing or wrong token' },
  dog_trainer_scrape_failures_total: { help: 'Figures that could not be collected for a scrape' },
} as const satisfies Definitions;

/** This server's own gauges. */
export const OWN_GAUGES = {
  dog_trainer_mailbox_length: { help: 'Messages waiting, by actor', open: true },
  dog_trainer_actors: { help: 'Actors alive, by supervisor', open: true },
  dog_trainer_outage: {
    help: '1 while a part is away',
    keys: ['broker', 'broker_reports', 'journal', 'store', 'smtp', 'webhook'],
    open: true,
  },
  dog_trainer_link_stale: { help: '1 while a linked server is silent for too long, by link', open: true },
  dog_trainer_link_down: { help: '1 while the broker of a linked server cannot be reached, by link', open: true },
  dog_trainer_link_held: { help: '1 while a message of a linked server waits for an operator, by link', open: true },
  dog_trainer_leader: { help: '1 while this server leads, or is the only one' },
  dog_trainer_term: { help: 'Term of the leader, as this server knows it; 0 where nobody is elected' },
  dog_trainer_outbox_messages: { help: 'Outgoing messages waiting in memory' },
  dog_trainer_journal_entries: { help: 'Outgoing messages waiting on disk' },
  dog_trainer_hosts_unverified: { help: 'Hosts whose agents cannot show what rules they have loaded' },
  dog_trainer_read_back: {
    help: 'Hosts whose rules were read back, by what was found last',
    keys: ['agrees', 'differs', 'failed'],
  },
  dog_trainer_rollouts: {
    help: 'Newest rollouts of groups, by state',
    keys: ROLLOUT_STATES,
  },
  dog_trainer_rollout_hosts: {
    help: 'Hosts of groups with a rollout that goes on, by how they stand in it',
    keys: ['pending', 'sent', 'ok', 'differs', 'silent', 'exempt'],
  },
  dog_trainer_rollout_hosts_ahead: { help: 'Hosts that a rollout gave rules that their group does not have yet' },
  dog_trainer_groups_pinned: { help: 'Groups that are held at a revision' },
  dog_trainer_groups_in_error: { help: 'Groups whose policy cannot be compiled' },
  dog_trainer_alarms: { help: 'Alarms that are set' },
  dog_trainer_alerts_waiting: { help: 'Single alerts and digests waiting to be delivered, by channel', open: true },
  dog_trainer_alert_dead_letters: {
    help: 'Single alerts and digests that could not be delivered, by channel',
    open: true,
  },
  dog_trainer_mail_waiting: { help: 'Alerts waiting to be mailed' },
  dog_trainer_mail_dead_letters: { help: 'Alerts that could not be mailed' },
} as const satisfies Definitions;

/** This server's own histograms, in seconds; `buckets` are upper bounds. */
export const OWN_HISTOGRAMS = {
  dog_trainer_publish_to_converge_seconds: {
    help: 'From the publish of a ruleset until a host reports its hashes',
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800],
  },
  dog_trainer_rollout_seconds: {
    help: 'From the compiling of a change that goes in steps until the last host has shown it',
    buckets: [60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 86_400],
  },
  dog_trainer_compile_seconds: { help: 'Compiling one group', buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2] },
  dog_trainer_report_seconds: {
    help: 'From the delivery of a report until it is stored',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
  },
  dog_trainer_confirm_seconds: {
    help: 'From a publish until the broker confirms it',
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
  },
} as const satisfies Readonly<Record<string, Definition & { readonly buckets: readonly number[] }>>;

/** One metric; see `OLD_COUNTERS`. */
export interface Definition {
  readonly help: string;
  readonly keys?: readonly string[];
  readonly open?: true;
}
type Definitions = Readonly<Record<string, Definition>>;

export const COUNTERS = { ...OLD_COUNTERS, ...OWN_COUNTERS };
export const GAUGES = { ...OLD_GAUGES, ...OWN_GAUGES };

/** The keys of a metric: its fixed ones, any string if it is open, `never` if it has none. */
export type KeyOf<D> = D extends { readonly open: true }
  ? string
  : D extends { readonly keys: readonly (infer K)[] }
    ? K
    : never;

type Plain<T> = { [N in keyof T]: [KeyOf<T[N]>] extends [never] ? N : never }[keyof T];

export type CounterName = keyof typeof COUNTERS;
export type PlainCounter = Plain<typeof COUNTERS>;
export type KeyedCounter = Exclude<CounterName, PlainCounter>;
export type GaugeName = keyof typeof GAUGES;
export type PlainGauge = Plain<typeof GAUGES>;
export type KeyedGauge = Exclude<GaugeName, PlainGauge>;
export type HistogramName = keyof typeof OWN_HISTOGRAMS;
