import { basename, dirname } from 'node:path';
import { stringify } from 'yaml';
import { parseErlangTerm } from './erlang-terms.js';
import type { ErlangTerm } from './erlang-terms.js';
import { readValue } from './read-value.js';
import { KEYS } from './schema.js';
import { showValue } from './show-value.js';

/** What an old sys.config becomes. */
export interface ImportedConfig {
  /** Our YAML. Holds the secrets of the original. */
  readonly yaml: string;
  /** A sentence for each key that was left out, with why. No secrets. */
  readonly notes: readonly string[];
}

/**
 * Turns a sys.config of the old server into our configuration (decisions 1, 21 and 23): the same keys, thumper's and
 * turtle's connections as `broker.*`, lager's as `log.*`; the old dialect, and the old way of listening everywhere
 * behind a gateway.
 * @throws ErlangSyntaxError with the line, when the text is no Erlang term
 * @throws Error when it is one, but no list of applications
 */
export function importSysConfig(text: string): ImportedConfig {
  const applications = proplist(parseErlangTerm(text));
  if (applications === undefined) throw new Error('it is not a list of {application, [{key, value}]}');
  const notes: string[] = [];
  const values = new Map<string, unknown>([
    ['ruleset_dialect', 'dog1'],
    ['api.host', '0.0.0.0'],
    ['api.allow_unauthenticated', true],
    ['metrics.host', '0.0.0.0'],
  ]);
  const entries = [...applications].flatMap(([application, term]) => {
    const keys = proplist(term);
    if (keys !== undefined) return entriesOf(application, keys);
    return [{ key: undefined, from: application, term }];
  });
  for (const { key, from, term } of entries) {
    const spec = key === undefined ? undefined : KEYS.get(key);
    if (key === undefined || spec === undefined) {
      notes.push(`${from}: has no meaning here`);
    } else if (spec.ignored !== undefined) {
      notes.push(`${from}: has no meaning here: ${spec.ignored}`);
    } else {
      const raw = plain(term, spec.type === 'texts' || spec.type === 'urls');
      const reading = readValue(spec, raw, false);
      if (!reading.ok)
        notes.push(`${from} = ${JSON.stringify(showValue(spec, raw))}: left out, ${key} ${reading.wanted}`);
      else if (reading.value !== undefined) values.set(key, reading.value);
    }
  }
  // The old server had no other store: an empty embedded one in its place would publish an empty policy.
  if (values.has('rethinkdb_host')) values.set('store.kind', 'rethinkdb');
  return { yaml: `# Imported from a sys.config.\n${stringify(nested(values))}`, notes };
}

interface Entry {
  /** Ours, if there is one. */
  readonly key: string | undefined;
  /** Where it stands in the original. */
  readonly from: string;
  readonly term: ErlangTerm;
}

type Proplist = ReadonlyMap<string, ErlangTerm>;

function entriesOf(application: string, keys: Proplist): readonly Entry[] {
  const each = (prefix: string) =>
    [...keys].map(([name, term]) => ({
      key: KEYS.has(prefix + name) ? prefix + name : undefined,
      from: `${application}.${name}`,
      term,
    }));
  switch (application) {
    case 'dog_trainer':
      return each('');
    case 'queuejournal':
      return each('queuejournal.');
    case 'lager':
      return lagerEntries(keys);
    case 'thumper':
      return thumperEntries(keys);
    case 'turtle':
      return turtleEntries(keys);
    case 'imetrics':
      return [...keys].map(([name, term]) => ({
        key: name === 'http_server_port' ? 'metrics.port' : undefined,
        from: `imetrics.${name}`,
        term,
      }));
    default:
      return [{ key: undefined, from: application, term: { kind: 'list', items: [] } }];
  }
}

/** Handlers are {backend, [{file, F}, {level, L}, {size, S}]}: their directory and size become ours. */
function lagerEntries(keys: Proplist): readonly Entry[] {
  return [...keys].flatMap(([name, term]): readonly Entry[] => {
    const from = `lager.${name}`;
    if (name === 'crash_log') {
      return [{ key: 'log.crash_log', from, term: text(basename(String(plain(term, false)))) }];
    }
    const handler = name === 'handlers' && term.kind === 'list' ? term.items[0] : undefined;
    const options =
      handler?.kind === 'tuple' && handler.items[1] !== undefined ? proplist(handler.items[1]) : undefined;
    if (options === undefined) return [{ key: `log.${name}`, from, term }];
    const file = options.get('file');
    const size = options.get('size');
    return [
      ...(file === undefined ? [] : [{ key: 'log.dir', from, term: text(dirname(String(plain(file, false)))) }]),
      ...(size === undefined ? [] : [{ key: 'log.size', from, term: size }]),
    ];
  });
}

function thumperEntries(keys: Proplist): readonly Entry[] {
  return [...keys].flatMap(([name, term]): readonly Entry[] => {
    const inner = proplist(term);
    if (name === 'queuejournal' && inner !== undefined) return entriesOf('queuejournal', inner);
    if (name !== 'brokers' || inner === undefined) return [{ key: `broker.${name}`, from: `thumper.${name}`, term }];
    const connection = [...inner.values()]
      .map((broker) => proplist(broker)?.get('rabbitmq_config'))
      .map(asProplist)
      .find((one) => one !== undefined);
    if (connection === undefined) return [];
    return connectionEntries('thumper.brokers', connection);
  });
}

function turtleEntries(keys: Proplist): readonly Entry[] {
  const config = keys.get('connection_config');
  const connection =
    config?.kind === 'list' ? config.items.map(asProplist).find((one) => one !== undefined) : undefined;
  return connection === undefined ? [] : connectionEntries('turtle.connection_config', connection);
}

/** Keys that have another name or another unit in turtle. */
const RENAMED: Readonly<Record<string, string | undefined>> = { username: 'user' };

function connectionEntries(from: string, connection: Proplist): readonly Entry[] {
  const kind: Entry = { key: 'broker.kind', from, term: text('amqp') };
  const entries = [...connection].flatMap(([name, term]): readonly Entry[] => {
    const options = asProplist(term);
    if (name === 'ssl_options' && options !== undefined) {
      if (options.size === 0) return [];
      const tls: Entry = { key: 'broker.tls', from: `${from}.ssl_options`, term: { kind: 'atom', name: 'true' } };
      const inner = [...options].map(([option, value]) => ({
        key: `broker.ssl_options.${option}`,
        from: `${from}.ssl_options.${option}`,
        term: value,
      }));
      return [tls, ...inner];
    }
    if (name === 'connections' && options !== undefined) return hostEntries(from, [...options.values()]);
    return [{ key: `broker.${RENAMED[name] ?? name}`, from: `${from}.${name}`, term }];
  });
  return [kind, ...entries];
}

/** turtle: connections [{main, [{Host, Port}, ...]}]; the first is taken. */
function hostEntries(from: string, groups: readonly ErlangTerm[]): readonly Entry[] {
  const [first] = groups.flatMap((group) => (group.kind === 'list' ? group.items : []));
  if (first?.kind !== 'tuple' || first.items[0] === undefined || first.items[1] === undefined) return [];
  return [
    { key: 'broker.host', from: `${from}.connections`, term: first.items[0] },
    { key: 'broker.port', from: `${from}.connections`, term: first.items[1] },
  ];
}

const text = (value: string): ErlangTerm => ({ kind: 'text', text: value });
const asProplist = (term: ErlangTerm | undefined) => (term === undefined ? undefined : proplist(term));

/** A list of {key, value}, or a map; of a key that stands twice the first counts, as in Erlang. */
function proplist(term: ErlangTerm): Proplist | undefined {
  const pairs: (readonly [ErlangTerm, ErlangTerm])[] = [];
  if (term.kind === 'map') pairs.push(...term.entries);
  else if (term.kind === 'list') {
    for (const item of term.items) {
      if (item.kind !== 'tuple' || item.items[0] === undefined || item.items[1] === undefined) return undefined;
      pairs.push([item.items[0], item.items[1]]);
    }
  } else return undefined;
  const keys = new Map<string, ErlangTerm>();
  for (const [key, value] of pairs) {
    if (key.kind !== 'atom' && key.kind !== 'text') return undefined;
    const name = key.kind === 'atom' ? key.name : key.text;
    if (!keys.has(name)) keys.set(name, value);
  }
  return keys;
}

/** The value as YAML has it. In a list of texts, a list of character codes is not mistaken for a text. */
function plain(term: ErlangTerm, wantsList: boolean): unknown {
  switch (term.kind) {
    case 'atom':
      return { true: true, false: false, undefined: null }[term.name] ?? (term.name === 'undefined' ? null : term.name);
    case 'text':
      return term.text;
    case 'number':
      return term.value;
    case 'list':
      return wantsList || term.items.length > 0 ? term.items.map((item) => plain(item, false)) : '';
    case 'tuple':
      return term.items.map((item) => plain(item, false));
    case 'map':
      return Object.fromEntries(term.entries.map(([key, value]) => [String(plain(key, false)), plain(value, false)]));
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
