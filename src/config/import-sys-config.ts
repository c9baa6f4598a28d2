import { stringify } from 'yaml';
import { ConfigError } from './config-error.js';
import { loadConfig } from './load.js';
import { KEYS } from './schema.js';
import { brokerConnections } from './sys-config/broker-connections.js';
import { brokerValues } from './sys-config/broker-values.js';
import { ImportFindings } from './sys-config/import-findings.js';
import type { Loss } from './sys-config/import-findings.js';
import { logValues } from './sys-config/log-values.js';
import { openedToNetwork } from './sys-config/opened-to-network.js';
import { readSysConfig } from './sys-config/read-sys-config.js';
import type { Applications } from './sys-config/read-sys-config.js';
import { readProplist } from './sys-config/proplist.js';
import { SettingReader } from './sys-config/setting-reader.js';

/** The result of importing a sys.config. */
export interface ImportedConfig {
  /** Our YAML. Holds the secrets of the original. */
  readonly yaml: string;
  /** One sentence per key that was left out because it has no meaning here. No secrets. */
  readonly notes: readonly string[];
  /** Sentences on what was read in a way that the operator should know of. No secrets. */
  readonly warnings: readonly string[];
  /** Settings that are given but could not be read. With any, the YAML differs from the imported file. */
  readonly losses: readonly Loss[];
  /** What the YAML opens to the network, one sentence per port. */
  readonly opened: readonly string[];
}

/** Directories that the Erlang server's configuration does not have. Absolute paths. */
export interface ServicePlaces {
  readonly data_dir: string;
  readonly run_dir: string;
}

/**
 * The Erlang server's defaults that differ from this server's: written out where the key is absent.
 */
const OLD_DEFAULTS: readonly (readonly [string, unknown])[] = [
  ['generate_unset_tables', true],
  ['hashcheck_alert_seconds', 30],
  ['command_execution_timeout_ms', 30000],
  ['max_block_size_bytes', 134217728],
];

/**
 * Turns a sys.config of the Erlang server, and the files that it names, into our configuration: the same keys,
 * thumper's and turtle's connections as `broker.*`, lager's and logger's files as `log.*`; with dialect dog1, RethinkDB
 * as the store, and listening on all addresses behind a gateway.
 * @param file its name, for the messages, and for the files that it names
 * @param places where the service that is installed here keeps what is its own: written too
 * @throws ErlangSyntaxError with the line, when the text is no Erlang term
 * @throws Error when it is one, but no list of applications
 */
export function importSysConfig(text: string, file = 'sys.config', places?: ServicePlaces): ImportedConfig {
  const findings = new ImportFindings();
  const reader = new SettingReader(findings);
  const applications = readSysConfig(text, file, findings);
  const values = new Map<string, unknown>([
    ['ruleset_dialect', 'dog1'],
    ['api.host', '0.0.0.0'],
    ['api.allow_unauthenticated', true],
    ['metrics.host', '0.0.0.0'],
    // The Erlang server had no other store: an empty embedded one in its place would publish an empty policy.
    ['store.kind', 'rethinkdb'],
    ...OLD_DEFAULTS,
    ...Object.entries(places ?? {}),
  ]);
  const put = ([key, value]: readonly [string, unknown]) => values.set(key, value);
  const connections = brokerConnections(applications, reader, findings);
  [...brokerValues(connections, reader, findings)].forEach(put);
  [...logValues(applications, reader, findings)].forEach(put);
  plainSettings(applications, reader, findings).forEach(put);
  const own = applications.get('dog_trainer');
  const absent = OLD_DEFAULTS.filter(([key]) => own?.has(key) !== true);
  if (absent.length > 0) {
    const list = absent.map(([key, value]) => `${key} ${String(value)}`).join(', ');
    findings.warn(`${file}: not given, so the Erlang server's defaults are written: ${list}`);
  }
  checkApplications(applications, file, findings);
  leaseFor(values, findings);
  const yaml = `# Imported from a sys.config.\n${stringify(nested(values))}`;
  if (findings.losses.length === 0) checkResult(yaml, file, findings);
  const { notes, warnings, losses } = findings;
  return { yaml, notes, warnings, losses, opened: openedToNetwork(values) };
}

/** The settings that have their own name here, or a fixed other one. */
function plainSettings(
  applications: Applications,
  reader: SettingReader,
  findings: ImportFindings,
): readonly (readonly [string, unknown])[] {
  const values: (readonly [string, unknown])[] = [];
  const take = (
    key: string | undefined,
    from: string,
    file: string,
    term: Parameters<typeof reader.value>[0]['term'],
  ) => {
    if (key === undefined || !KEYS.has(key)) return findings.note(from);
    const value = reader.value({ key, from, file, term });
    if (value !== undefined) values.push([key, value]);
  };
  for (const [application, parameters] of applications) {
    if (!READ.has(application)) findings.note(application);
    else
      for (const [name, { file, term }] of parameters) {
        const from = `${application}.${name}`;
        if (from === 'thumper.queuejournal') {
          const inner = reader.options({ from, file }, term, 'must be a list such as [{enabled, true}, {dir, "..."}]');
          for (const [option, value] of inner?.values ?? []) {
            take(`queuejournal.${option}`, `queuejournal.${option}`, file, value);
          }
        } else if (!ELSEWHERE.has(from)) take(ourKey(application, name), from, file, term);
      }
  }
  return values;
}

/** The applications of the Erlang server whose settings have a meaning here. */
const READ: ReadonlySet<string> = new Set([
  'dog_trainer',
  'queuejournal',
  'thumper',
  'turtle',
  'lager',
  'kernel',
  'imetrics',
]);
const ELSEWHERE: ReadonlySet<string> = new Set([
  'turtle.connection_config',
  'thumper.brokers',
  'lager.handlers',
  'lager.log_root',
  'lager.crash_log',
  'kernel.logger',
]);

function ourKey(application: string, name: string): string | undefined {
  if (application === 'imetrics') return name === 'http_server_port' ? 'metrics.port' : undefined;
  if (application === 'dog_trainer') return name.includes('.') ? undefined : name;
  if (application === 'queuejournal') return `queuejournal.${name}`;
  // Of the others only what has a reason for being ignored: all the rest is read elsewhere.
  const key = `${application === 'lager' ? 'log' : 'broker'}.${name}`;
  return KEYS.get(key)?.ignored === undefined ? undefined : key;
}

function checkApplications(applications: Applications, file: string, findings: ImportFindings): void {
  if (!applications.has('dog_trainer')) {
    const wanted = 'must hold {dog_trainer, [{env, "..."}, ...]}: is it the file of the Erlang server?';
    findings.lose({ file, from: 'dog_trainer', found: 'is not there', wanted });
  }
  const construction = applications.get('thumper')?.get('dynamic_broker_host_construction');
  const client = applications.get('amqp_client')?.get('ssl_options');
  if (construction !== undefined) {
    const from = 'thumper.dynamic_broker_host_construction';
    findings.lose({
      file: construction.file,
      from,
      found: 'names hosts by code',
      wanted: 'list the hosts in broker.urls',
    });
  }
  if (client !== undefined && readProplist(client.term)?.values.size !== 0) {
    const wanted = "must stand in the connection's own ssl_options";
    findings.lose({ file: client.file, from: 'amqp_client.ssl_options', found: 'is not read', wanted });
  }
}

/** A lease must outlast two heartbeats. */
function leaseFor(values: Map<string, unknown>, findings: ImportFindings): void {
  const heartbeat = values.get('broker.heartbeat');
  if (typeof heartbeat !== 'number' || 2 * heartbeat < DEFAULT_LEASE_SECONDS) return;
  values.set('cluster.lease_seconds', 2 * heartbeat + 1);
  findings.warn(
    `cluster.lease_seconds is ${2 * heartbeat + 1}: it must be more than two heartbeats of ${heartbeat} seconds`,
  );
}

const DEFAULT_LEASE_SECONDS = 60;

/** Keys that contradict each other. */
function checkResult(yaml: string, file: string, findings: ImportFindings): void {
  try {
    loadConfig({ text: { name: 'the imported configuration', yaml } });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { key, wanted } of error.problems) {
      findings.lose({ file, from: key, found: 'as imported would not start', wanted });
    }
  }
}

function nested(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  // In the order of the schema, so that sections stay together.
  for (const key of KEYS.keys()) {
    if (!values.has(key)) continue;
    const parts = key.split('.');
    const name = parts.pop() ?? key;
    let section = root;
    for (const part of parts) section = (section[part] ??= {}) as Record<string, unknown>;
    section[name] = values.get(key);
  }
  return root;
}
