import type { ErlangTerm } from '../erlang-terms.js';
import type { ImportFindings } from './import-findings.js';
import { plainTerm } from './plain-term.js';
import type { Proplist } from './proplist.js';
import type { Applications } from './read-sys-config.js';
import type { Place, SettingReader } from './setting-reader.js';
import { showTerm } from './show-term.js';

/** A broker of the Erlang server's configuration: the options of its connection and the addresses to try. */
export interface OldConnection extends Place {
  readonly options: Proplist;
  /** Hosts and ports given apart from the options, as in turtle. */
  readonly places: readonly { readonly host: ErlangTerm; readonly port: ErlangTerm }[];
}

const CONNECTION = 'must be a list of options such as [{host, "..."}, {port, 5671}]';
const TURTLE =
  'must be a list of connections such as #{conn_name => default, connections => [{main, [{"host", 5671}]}]}';
const SERVERS = 'must be a list of brokers such as [default, publish]';
const PLACES = 'must be a list such as [{main, [{"host", 5671}]}]';

/** The broker connections of an Erlang server, in order; none when it has neither turtle nor thumper. */
export function brokerConnections(
  applications: Applications,
  reader: SettingReader,
  findings: ImportFindings,
): readonly OldConnection[] {
  const turtle = applications.get('turtle')?.get('connection_config');
  const thumper = applications.get('thumper')?.get('brokers');
  if (turtle !== undefined && thumper !== undefined) {
    findings.warn(
      `${thumper.file}: thumper.brokers is not read: turtle.connection_config is there, and it is the newer`,
    );
  }
  if (turtle !== undefined) {
    return turtleConnections({ from: 'turtle.connection_config', file: turtle.file }, turtle.term, reader, findings);
  }
  if (thumper === undefined) return [];
  const servers = applications.get('thumper')?.get('thumper_svrs')?.term;
  return thumperConnections({ from: 'thumper.brokers', file: thumper.file }, thumper.term, servers, reader, findings);
}

function turtleConnections(
  place: Place,
  term: ErlangTerm,
  reader: SettingReader,
  findings: ImportFindings,
): readonly OldConnection[] {
  const lose = (from: string, found: string, wanted: string) =>
    findings.lose({ file: place.file, from, found, wanted });
  const items = term.kind === 'list' ? term.items : [];
  if (items.length === 0) {
    // Told as what it is by the reader, which knows templates.
    if (reader.options(place, term, TURTLE) !== undefined) lose(place.from, 'names no connection', TURTLE);
    return [];
  }
  const all = items.flatMap((item) => {
    const options = reader.options(place, item, TURTLE);
    return options === undefined ? [] : [{ options, name: nameOf(options.values.get('conn_name')) }];
  });
  const ours = all.filter(({ name }) => name === 'default');
  const used = ours.length > 0 ? ours : all;
  for (const { name } of all) {
    if (!used.some((one) => one.name === name)) {
      findings.note(`${place.from}.${name}`, 'the Erlang server only used the connection "default"');
    }
  }
  return used.map(({ options, name }) => {
    const from = used.length === 1 ? place.from : `${place.from}.${name}`;
    return { file: place.file, from, options, places: hostsOf({ file: place.file, from }, options, reader, findings) };
  });
}

function nameOf(term: ErlangTerm | undefined) {
  return term?.kind === 'atom' ? term.name : 'default';
}

/** [{main, [{Host, Port}, ...]}, ...]: all of them, in their order. */
function hostsOf(
  { from, file }: Place,
  { values }: Proplist,
  reader: SettingReader,
  findings: ImportFindings,
): OldConnection['places'] {
  const term = values.get('connections');
  if (term === undefined) return [];
  const place = { from: `${from}.connections`, file };
  const lose = (found: string) => findings.lose({ ...place, found, wanted: PLACES });
  if (term.kind !== 'list') {
    if (reader.options(place, term, PLACES) !== undefined) lose('names no host');
    return [];
  }
  const places = term.items.flatMap((group) => {
    const hosts = group.kind === 'tuple' && group.items.length === 2 ? group.items[1] : undefined;
    if (hosts?.kind !== 'list') {
      lose(`holds ${showTerm(group)}`);
      return [];
    }
    return hosts.items.flatMap((pair) => {
      const [host, port, ...more] = pair.kind === 'tuple' ? pair.items : [];
      if (host !== undefined && port !== undefined && more.length === 0) return [{ host, port: digits(port) }];
      lose(`holds ${showTerm(pair)}`);
      return [];
    });
  });
  if (places.length === 0) lose('names no host');
  return places;
}

/** turtle also takes a port as a string of digits. */
function digits(port: ErlangTerm): ErlangTerm {
  const value = plainTerm(port, false);
  return typeof value === 'string' && /^\d{1,5}$/.test(value) ? { kind: 'number', value: Number(value) } : port;
}

function thumperConnections(
  place: Place,
  term: ErlangTerm,
  servers: ErlangTerm | undefined,
  reader: SettingReader,
  findings: ImportFindings,
): readonly OldConnection[] {
  const brokers = reader.options(
    place,
    term,
    'must be a list of brokers such as [{default, [{rabbitmq_config, [...]}]}]',
  );
  if (brokers === undefined) return [];
  const svrs = { from: 'thumper.thumper_svrs', file: place.file };
  const listed = servers === undefined ? undefined : reader.options(svrs, servers, SERVERS);
  const started = listed === undefined ? undefined : [...listed.values.keys()];
  const used = [...brokers.values].filter(([name]) => {
    if (started === undefined || name === 'default' || started.includes(name)) return true;
    findings.note(`${place.from}.${name}`, 'thumper_svrs does not start it');
    return false;
  });
  const own = used.flatMap(([name, broker]) => {
    const from = `${place.from}.${name}`;
    const options = reader.options({ from, file: place.file }, broker, CONNECTION);
    if (options === undefined) return [];
    const config = options.values.get('rabbitmq_config');
    if (config === undefined) {
      findings.warn(`${place.file}: ${from} has no rabbitmq_config: guest on localhost, as in thumper`);
      return [{ name, options: LIKE_THUMPER }];
    }
    if (config.kind === 'atom') {
      // A broker that takes its connection from another one of the list adds nothing of its own.
      if (!brokers.values.has(config.name) || config.name === name) {
        const found = `names ${showTerm(config)}, which is no other broker of the list`;
        findings.lose({ file: place.file, from: `${from}.rabbitmq_config`, found, wanted: CONNECTION });
      }
      return [];
    }
    const inner = reader.options({ from: `${from}.rabbitmq_config`, file: place.file }, config, CONNECTION);
    return inner === undefined ? [] : [{ name, options: inner }];
  });
  if (own.length === 0 && used.length > 0 && findings.losses.length === 0) {
    findings.lose({ ...place, found: 'has brokers that only name each other', wanted: CONNECTION });
  }
  if (own.length > 1) {
    findings.warn(
      `${place.file}: ${place.from} has several connections (${own.map(({ name }) => name).join(', ')}): this server uses one at a time, and tries them in this order`,
    );
  }
  return own.map(({ name, options }) => {
    const at = { file: place.file, from: own.length === 1 ? place.from : `${place.from}.${name}` };
    return { ...at, options, places: hostsOf(at, options, reader, findings) };
  });
}

const LIKE_THUMPER: Proplist = { values: new Map(), twice: new Map(), strange: [] };
