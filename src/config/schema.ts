import { CHANNEL_KEYS } from '../alerts/channels.js';
import type { ConfigOf, KeySpec, SpecTree } from './key-spec.js';
import { flattenSpec } from './key-spec.js';

const seconds = { type: 'number', min: 0, unit: 'seconds' } as const;
/** Intervals of a timer; zero would never let the process rest. */
const period = { type: 'number', min: 0.01, unit: 'seconds' } as const;
const milliseconds = { type: 'integer', min: 1, unit: 'milliseconds' } as const;
const bytes = { type: 'integer', min: 1, unit: 'bytes' } as const;
const count = { type: 'integer', min: 1 } as const;
const flag = { type: 'boolean' } as const;
const port = { type: 'integer', min: 0, max: 65535 } as const;
const text = { type: 'text' } as const;
const optionalText = { type: 'text', optional: true } as const;
const optionalPath = { type: 'path', optional: true } as const;
const secretText = { type: 'text', optional: true, secret: true } as const;
const host = { type: 'text', pattern: /^[A-Za-z0-9_.:%-]+$/, shape: 'a host name or an address' } as const;
const optionalHost = { ...host, optional: true } as const;
const ends = {
  type: 'texts',
  pattern: /^(any|[0-9a-fA-F:.]+(\/[0-9]{1,3})?|(host|group|zone):.+)$/,
  shape: 'any, an address, a network, host:NAME, group:NAME or zone:NAME',
} as const;
const amqpSchemes = ['amqp', 'amqps'] as const;

function ignored<R extends string>(
  reason: R,
): { readonly type: 'anything'; readonly optional: true; readonly ignored: R } {
  return {
    type: 'anything',
    optional: true,
    ignored: reason,
  };
}
const POOLS = 'this server has no pools to size';
const LAGER = 'the logger writes without a mailbox, so there is nothing to shed or trace';
const THUMPER = 'this server declares what it needs itself';

/**
 * Every configuration key: its type, range and unit. Defaults and explanations are in config/default.yaml; a
 * test checks that it has the same keys. Old names are those of the Erlang server's sys.config
 * (docs/host-lifecycle.md#keys-of-the-erlang-servers-configuration).
 */
export const SCHEMA = {
  data_dir: { type: 'path', derived: true },
  run_dir: { type: 'path', derived: true },

  env: { type: 'text', pattern: /^(NOTSET|[A-Za-z0-9_.-]{1,2})$/, shape: 'one or two letters or digits, or NOTSET' },
  version: { type: 'text', derived: true },
  auto_register_hosts: flag,

  ...CHANNEL_KEYS,

  keepalive_alert_enabled: flag,
  retirement_alert_enabled: flag,
  hash_alert_enabled: flag,
  compile_alert_enabled: flag,
  alarm_alert_enabled: flag,
  alerts: {
    digest_window_seconds: period,
    digest_after: { type: 'integer', min: 1, unit: 'mails' },
    timeout_ms: milliseconds,
    retry_min_seconds: period,
    retry_max_seconds: period,
    retry_limit: { type: 'integer', min: 0, unit: 'retries' },
    queue_max: { ...count, unit: 'mails' },
    dead_letters_max: { ...count, unit: 'mails' },
  },

  polling_interval_seconds: period,
  keepalive_alert_seconds: period,
  retirement_alert_seconds: period,
  hashcheck_alert_seconds: seconds,
  max_hash_fail_count: { ...count, unit: 'reports' },
  check_v6_hashes: flag,
  ipset_hash_valid_seconds: seconds,
  ipset_number_to_keep: { ...count, unit: 'rows' },
  agent_stop_grace_seconds: seconds,
  repair: flag,
  repair_interval_seconds: period,
  repair_max_per_minute: { ...count, unit: 'messages per minute' },
  drift: {
    read_back: flag,
    read_back_seconds: period,
    read_back_directory: optionalPath,
  },
  config_resend_interval_seconds: period,
  max_interval_since_last_agent_update: { ...count, unit: 'intervals' },
  last_agent_update_check_interval_seconds: period,

  ruleset_dialect: { type: 'choice', values: ['dog1', 'dog2'], optional: true },
  generate_unset_tables: flag,
  takeover_wait_seconds: seconds,
  publish_quiet_ms: { type: 'integer', min: 0, unit: 'milliseconds' },
  profile_periodic_publish_interval_seconds: period,
  ipset_periodic_publish_interval_seconds: period,
  ipset_scope: { type: 'choice', values: ['all', 'group'] },
  external_ipset_periodic_publish_interval_seconds: period,
  shutdown_seconds: period,

  command_execution_timeout_ms: milliseconds,
  file_delete_timeout_ms: milliseconds,
  file_transfer_timeout_ms: milliseconds,
  max_block_size_bytes: { ...bytes, max: 134217728 },

  api: {
    host,
    port,
    auth: { type: 'choice', values: ['none', 'tokens'] },
    allow_unauthenticated: flag,
    allowed_hosts: {
      type: 'texts',
      pattern: /^(\*\.)?[A-Za-z0-9_-][A-Za-z0-9_.-]*$/,
      shape: 'host names, or *.domain',
    },
    commands: flag,
    unknown_references: { type: 'choice', values: ['accept', 'refuse'], optional: true },
    max_body_bytes: bytes,
    max_body_depth: { type: 'integer', min: 10, max: 100, unit: 'levels' },
    max_body_values: { ...count, unit: 'values' },
    max_object_members: { ...count, unit: 'members' },
    max_body_characters: { ...count, unit: 'characters' },
    max_upload_bytes: bytes,
    request_timeout_ms: milliseconds,
    headers_timeout_ms: milliseconds,
    keep_alive_timeout_ms: milliseconds,
    max_connections: { ...count, unit: 'connections' },
    auth_failures_per_minute: { ...count, unit: 'failures per minute' },
    streams_max: { ...count, unit: 'streams' },
    stream_events_kept: { type: 'integer', min: 100, max: 1_000_000, unit: 'events' },
    stream_heartbeat_seconds: { type: 'integer', min: 1, max: 60, unit: 'seconds' },
  },

  console: { eval: flag },

  actors: {
    suspend_seconds: { ...seconds, min: 1 },
    mailbox_long: { ...count, unit: 'messages' },
    mailbox_long_over: { type: 'integer', min: 0, unit: 'messages' },
  },

  metrics: { host, port, max_keys: { ...count, unit: 'keys' } },

  store: {
    kind: { type: 'choice', values: ['sqlite', 'rethinkdb'] },
    path: { type: 'path', derived: true },
    audit_days: { ...count, unit: 'days' },
    audit_max: { ...count, unit: 'entries' },
    database: text,
    servers: { type: 'texts', pattern: /^$|^[A-Za-z0-9_.:%[\]-]+$/, shape: 'host, host:port or [address]:port' },
    tls: flag,
    cacertfile: optionalPath,
  },
  rethinkdb_host: host,
  rethinkdb_port: { type: 'integer', min: 1, max: 65535 },
  rethinkdb_username: text,
  rethinkdb_password: secretText,
  rethink_timeout_ms: milliseconds,
  rethink_squash_sec: seconds,

  cluster: {
    lease_seconds: { type: 'number', min: 1, unit: 'seconds' },
    name: optionalText,
    url: { type: 'url', schemes: ['http', 'https'], optional: true },
  },

  plan: {
    keep_seconds: { type: 'number', min: 1, unit: 'seconds' },
    kept_max: { ...count, unit: 'plans' },
    writes_max: { ...count, unit: 'writes' },
  },

  revisions: { keep: { ...count, unit: 'revisions per group' }, keep_days: { ...count, unit: 'days' } },

  rollout: {
    default: flag,
    steps: {
      type: 'texts',
      pattern: /^([1-9][0-9]{0,6}|[1-9][0-9]{0,2}%( at least [1-9][0-9]{0,6})?|all)$/,
      shape: 'N, N%, N% at least N, or all',
    },
    bake_keepalives: { type: 'integer', min: 0, max: 1000, unit: 'reports' },
    deadline_seconds: { type: 'integer', min: 1, max: 604_800, unit: 'seconds' },
    on_failure: { type: 'choice', values: ['roll_back', 'pause'] },
    tolerate_percent: { type: 'integer', min: 0, max: 100, unit: 'percent' },
  },

  set_history: {
    keep: { ...count, unit: 'bodies of sets' },
    keep_days: { ...count, unit: 'days' },
    max_bytes: { ...bytes, min: 65536 },
  },

  guards: {
    ssh_from: ends,
    broker: flag,
    dns: ends,
  },

  broker: {
    kind: { type: 'choice', values: ['memory', 'amqp'] },
    url: { type: 'url', schemes: amqpSchemes, optional: true },
    urls: { type: 'urls', schemes: amqpSchemes },
    host: optionalHost,
    port: { type: 'integer', min: 1, max: 65535, optional: true },
    virtual_host: text,
    user: text,
    password: secretText,
    tls: flag,
    ssl_options: {
      cacertfile: optionalPath,
      certfile: optionalPath,
      keyfile: optionalPath,
      verify: { type: 'choice', values: ['verify_peer', 'verify_none'] },
      server_name_indication: optionalText,
      fail_if_no_peer_cert: { ...flag, optional: true, ignored: 'it is a setting of a TLS server, not of a client' },
    },
    heartbeat: { type: 'integer', min: 1, max: 65535, unit: 'seconds' },
    connection_timeout: milliseconds,
    confirm_timeout_ms: milliseconds,
    max_unconfirmed: { ...count, unit: 'messages' },
    refused_tries: { ...count, unit: 'tries' },
    refused_retry_seconds: period,
    management: {
      url: { type: 'url', schemes: ['http', 'https'], optional: true },
      user: optionalText,
      password: secretText,
    },
    reconnect_min_ms: milliseconds,
    reconnect_max_ms: milliseconds,
    api_port: ignored('the management API has its own key, broker.management.url'),
    broker_config: ignored(THUMPER),
    substitution_rules: ignored(THUMPER),
    thumper_svrs: ignored('there is one connection, shared'),
    return_callbacks_max: ignored('returned messages are reported to their sender'),
    dynamic_broker_host_construction: ignored('list the hosts in broker.urls'),
  },

  ec2: {
    mode: { type: 'choice', values: ['off', 'plan', 'apply'] },
    access_key_id: optionalText,
    secret_access_key: secretText,
    endpoint: { type: 'url', schemes: ['http', 'https'], optional: true },
    interval_seconds: period,
    quiet_seconds: period,
    timeout_ms: milliseconds,
    max_attempts: { type: 'integer', min: 1, max: 10, unit: 'attempts' },
    retry_min_seconds: period,
    retry_max_seconds: period,
  },

  host: {
    group_owner: { type: 'choice', values: ['report', 'operator'], optional: true },
    history_keep: { ...count, unit: 'changes' },
  },

  intake: {
    check_user_id: flag,
    prefetch: { type: 'integer', min: 1, max: 65535, unit: 'reports' },
    max_report_bytes: bytes,
    max_tries: { ...count, unit: 'tries' },
    force_interval_seconds: seconds,
    registrations_per_minute: { ...count, unit: 'hosts per minute' },
    refused_max: { ...count, unit: 'hostkeys' },
    hosts_max: { ...count, unit: 'hosts' },
    hosts_max_bytes: bytes,
    addresses_max: { ...count, unit: 'addresses' },
    dead_letters_max: { ...count, unit: 'messages' },
    dead_letters_days: { ...count, unit: 'days' },
  },

  links: {
    shrink_percent: { type: 'integer', min: 0, max: 100, unit: 'percent' },
    max_message_bytes: { ...bytes, max: 33554432 },
    names_max: { ...count, unit: 'groups and zones' },
    addresses_max: { ...count, unit: 'addresses' },
    reconnect_max_ms: milliseconds,
  },

  queuejournal: {
    enabled: flag,
    dir: { type: 'path', derived: true },
    memqueue_max: { ...count, unit: 'messages' },
    check_journal: flag,
    max_bytes: bytes,
    max_age_seconds: period,
  },

  log: {
    level: { type: 'choice', values: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] },
    dir: { type: 'path', optional: true },
    size: { ...bytes, min: 1024 },
    keep: { ...count, unit: 'files' },
    crash_log: { type: 'text', pattern: /^[^/\0]+$/, shape: 'a file name without a slash' },
    handlers: ignored('error.log and console.log are always written; see log.dir, log.level and log.size'),
    tracefiles: ignored(LAGER),
    async_threshold: ignored(LAGER),
    sieve_threshold: ignored(LAGER),
    sieve_window: ignored(LAGER),
  },

  periodic_publish_max: ignored('there is no cap on a publishing run any more'),
  queue_poll_time_seconds: ignored('shutdown does not poll; its deadline is shutdown_seconds'),
  pools: ignored(POOLS),
  rethinkdb_pools: ignored(POOLS),
  file_transfer_pools: ignored(POOLS),
  aws_key: { ...ignored('the Erlang server never read it'), secret: true },
  aws_secret: { ...ignored('the Erlang server never read it'), secret: true },
  max_ec2_zone_size: ignored('the Erlang server never read it'),
  sync: ignored('development code reloading does not exist here'),
} as const satisfies SpecTree;

/** The whole configuration, checked and frozen. Paths are absolute. */
export type Config = ConfigOf<typeof SCHEMA>;

/** Every key by its dotted name. */
export const KEYS: ReadonlyMap<string, KeySpec> = flattenSpec(SCHEMA);

/** Every section by its dotted name, so that errors can list what a section holds. */
export const SECTIONS: ReadonlySet<string> = new Set(
  [...KEYS.keys()].flatMap((key) => {
    const parts = key.split('.');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
  }),
);
