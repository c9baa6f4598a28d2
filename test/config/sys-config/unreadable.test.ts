import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importSysConfig } from '../../../src/config/import-sys-config.js';
import { loadConfig } from '../../../src/config/load.js';
import { runCliInProcess } from '../../support/run-cli-in-process.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

function dog(option: string) {
  return `[{dog_trainer, [{env, "t1"}, ${option}]}].`;
}
function thumper(option: string) {
  return `[{dog_trainer, [{env, "t1"}]}, {thumper, [{brokers, [{default, [{rabbitmq_config, [${option}]}]}]}]}].`;
}
function thumperTls(option: string) {
  return thumper(`{host, "mq"}, {ssl_options, [${option}]}`);
}
function turtle(option: string) {
  return `[{dog_trainer, [{env, "t1"}]}, {turtle, [{connection_config, [#{conn_name => default, ${option}}]}]}].`;
}
function imetrics(option: string) {
  return `[{dog_trainer, [{env, "t1"}]}, {imetrics, [${option}]}].`;
}
function journal(option: string) {
  return `[{dog_trainer, [{env, "t1"}]}, {thumper, [{queuejournal, [${option}]}]}].`;
}
function lager(file: string) {
  return `[{dog_trainer, [{env, "t1"}]}, {lager, [{handlers, [{lager_file_backend, [{file, ${file}}]}]}]}].`;
}

/** Each setting: the file around it, where it stands, its option with a gap for the value. */
const TEXTS: readonly (readonly [string, string, (value: string) => string])[] = [
  ['rethinkdb_host', 'dog_trainer.rethinkdb_host', (v) => dog(`{rethinkdb_host, ${v}}`)],
  ['rethinkdb_username', 'dog_trainer.rethinkdb_username', (v) => dog(`{rethinkdb_username, ${v}}`)],
  ['rethinkdb_password', 'dog_trainer.rethinkdb_password', (v) => dog(`{rethinkdb_password, ${v}}`)],
  ['smtp_relay', 'dog_trainer.smtp_relay', (v) => dog(`{smtp_relay, ${v}}`)],
  ['thumper host', 'thumper.brokers.host', (v) => thumper(`{host, ${v}}`)],
  ['thumper user', 'thumper.brokers.user', (v) => thumper(`{host, "mq"}, {user, ${v}}`)],
  ['thumper password', 'thumper.brokers.password', (v) => thumper(`{host, "mq"}, {password, ${v}}`)],
  ['thumper virtual host', 'thumper.brokers.virtual_host', (v) => thumper(`{host, "mq"}, {virtual_host, ${v}}`)],
  ['cacertfile', 'thumper.brokers.ssl_options.cacertfile', (v) => thumperTls(`{cacertfile, ${v}}`)],
  ['verify', 'thumper.brokers.ssl_options.verify', (v) => thumperTls(`{verify, ${v}}`)],
  ['SNI', 'thumper.brokers.ssl_options.server_name_indication', (v) => thumperTls(`{server_name_indication, ${v}}`)],
  ['turtle username', 'turtle.connection_config.username', (v) => turtle(`username => ${v}`)],
  ['turtle password', 'turtle.connection_config.password', (v) => turtle(`password => ${v}`)],
  ['turtle virtual host', 'turtle.connection_config.virtual_host', (v) => turtle(`virtual_host => ${v}`)],
  ['turtle host', 'turtle.connection_config.connections', (v) => turtle(`connections => [{main, [{${v}, 5672}]}]`)],
  ['journal directory', 'queuejournal.dir', (v) => journal(`{dir, ${v}}`)],
  ['log file', 'lager.handlers', (v) => lager(v)],
];
const NUMBERS: typeof TEXTS = [
  ['rethinkdb_port', 'dog_trainer.rethinkdb_port', (v) => dog(`{rethinkdb_port, ${v}}`)],
  ['polling', 'dog_trainer.polling_interval_seconds', (v) => dog(`{polling_interval_seconds, ${v}}`)],
  ['thumper port', 'thumper.brokers.port', (v) => thumper(`{host, "mq"}, {port, ${v}}`)],
  ['thumper heartbeat', 'thumper.brokers.heartbeat', (v) => thumper(`{host, "mq"}, {heartbeat, ${v}}`)],
  ['turtle port', 'turtle.connection_config.connections', (v) => turtle(`connections => [{main, [{"mq", ${v}}]}]`)],
  ['metrics port', 'imetrics.http_server_port', (v) => imetrics(`{http_server_port, ${v}}`)],
];
const OPTIONS: typeof TEXTS = [
  ['thumper ssl_options', 'thumper.brokers.ssl_options', (v) => thumper(`{host, "mq"}, {ssl_options, ${v}}`)],
  ['turtle ssl_options', 'turtle.connection_config.ssl_options', (v) => turtle(`ssl_options => ${v}`)],
  ['thumper ssl', 'thumper.brokers.ssl', (v) => thumper(`{host, "mq"}, {ssl, ${v}}`)],
  ['turtle connections', 'turtle.connection_config.connections', (v) => turtle(`connections => ${v}`)],
  [
    'connection_config',
    'turtle.connection_config',
    (v) => `[{dog_trainer, []}, {turtle, [{connection_config, ${v}}]}].`,
  ],
  ['brokers', 'thumper.brokers', (v) => `[{dog_trainer, []}, {thumper, [{brokers, ${v}}]}].`],
  [
    'rabbitmq_config',
    'thumper.brokers.default',
    (v) => `[{dog_trainer, []}, {thumper, [{brokers, [{default, [{rabbitmq_config, ${v}}]}]}]}].`,
  ],
  ['queuejournal', 'thumper.queuejournal', (v) => `[{dog_trainer, []}, {thumper, [{queuejournal, ${v}}]}].`],
];

/** What would fall to a default when it is empty. */
const NEVER_EMPTY = TEXTS.filter(([name]) =>
  [
    'rethinkdb_host',
    'thumper host',
    'thumper virtual host',
    'cacertfile',
    'verify',
    'SNI',
    'turtle host',
    'journal directory',
    'log file',
  ].includes(name),
);

const UNREADABLE_TEXTS = [
  '"${SECRET_X}"',
  '<<"x${SECRET_X}y">>',
  '"{{ secret_x }}"',
  '"{% get_secret %}"',
  '"$SECRET_X"',
  '"%SECRET_X%"',
  '"@SECRET_X@"',
  '"<%= secret_x %>"',
  '{{ secret_x }}',
  '{env, "SECRET_X"}',
  '{"a", "b"}',
  '["a", "b"]',
  '#{a => 1}',
  '5',
  'true',
];
const UNREADABLE_NUMBERS = [
  '"${PORT}"',
  '{{ port }}',
  '"many"',
  'many',
  'undefined',
  '{5672}',
  '[1, 2]',
  '#{}',
  '-1',
  'true',
  '""',
];
const UNREADABLE_OPTIONS = ['"${OPTIONS}"', '{{ options }}', '{a, b}', 'many', '7', '[{a, b, c}]', '["text"]'];

function table(settings: typeof TEXTS, values: readonly string[]) {
  return settings.flatMap(([name, from, make]) => values.map((value) => [name, value, from, make(value)] as const));
}

describe('config import stops and names what it cannot read', () => {
  it.each([
    ...table(TEXTS, UNREADABLE_TEXTS),
    ...table(NUMBERS, UNREADABLE_NUMBERS),
    ...table(OPTIONS, UNREADABLE_OPTIONS),
    ...table(NEVER_EMPTY, ['""', '[]', '<<>>']),
  ])('%s as %s', async (_, value, from, text) => {
    const directory = temporaryDirectory();
    const [file, output] = [join(directory, 'sys.config'), join(directory, 'dog.yaml')];
    writeFileSync(file, text);
    const { code, out, err } = await runCliInProcess(['config', 'import', file, '--output', output]);
    expect({ code, out, written: existsSync(output) }, `${value} in ${from}: ${err}`).toEqual({
      code: 1,
      out: '',
      written: false,
    });
    expect(err).toContain(`${file}: ${from}`);
    expect(err).toContain('must be');
  });

  it.each(['{host, ${MQ_HOST}}', '{host, "{% secret name="x" %}"}', '{port, <%= @port %>}'])(
    'template text where no term can stand: %s',
    (option) => {
      expect(() => importSysConfig(`[\n{thumper, [\n${option}]}].`)).toThrow(
        /line 3, column \d+: .*is template text that was not filled in/,
      );
    },
  );

  it('tells all of them at once, and goes on without them when told to', async () => {
    const directory = temporaryDirectory();
    const [file, output] = [join(directory, 'sys.config'), join(directory, 'dog.yaml')];
    writeFileSync(
      file,
      `[{dog_trainer, [{env, "t1"}, {rethinkdb_host, "\${DB}"}, {rethinkdb_password, "hunter2\${DB_PASSWORD}"}]},
        {thumper, [{brokers, [{default, [{rabbitmq_config, [{host, "mq"}, {password, {hunter3}}, {ssl_options, "\${TLS}"}]}]}]}]}].`,
    );
    const stopped = await runCliInProcess(['config', 'import', file, '-o', output]);
    const went = await runCliInProcess(['config', 'import', file, '-o', output, '--accept-losses']);
    expect({ stopped: stopped.code, went: went.code }).toEqual({ stopped: 1, went: 0 });
    for (const { err } of [stopped, went]) {
      for (const from of [
        'dog_trainer.rethinkdb_host holds "${DB}"',
        'dog_trainer.rethinkdb_password holds "${DB_PASSWORD}"',
        'thumper.brokers.password is a tuple of 1',
        'thumper.brokers.ssl_options holds "${TLS}"',
      ]) {
        expect(err).toContain(from);
      }
      expect(err).not.toContain('hunter');
    }
    // What is lost leaves the store and TLS as they were.
    expect(loadConfig({ file: output }).config).toMatchObject({
      store: { kind: 'rethinkdb' },
      broker: { kind: 'amqp', host: 'mq', tls: true },
    });
  });

  it.each([
    ['cacerts', '{cacerts, [<<1>>]}'],
    ['key', "{key, {'RSAPrivateKey', <<1>>}}"],
    ['password', '{password, "hunter2"}'],
    ['verify_fun', '{verify_fun, x}'],
    ['versions', "{versions, ['tlsv1.1', tlsv1]}"],
  ])('a TLS option that says whom to trust and has no counterpart: %s', (name, option) => {
    const { losses } = importSysConfig(thumperTls(option));
    expect(losses).toMatchObject([{ from: `thumper.brokers.ssl_options.${name}` }]);
    expect(JSON.stringify(losses)).not.toContain('hunter2');
  });

  it('settings that would not start together', () => {
    expect(importSysConfig(thumperTls('{certfile, "/c.crt"}')).losses).toMatchObject([
      { from: 'broker.ssl_options.keyfile', wanted: expect.stringContaining('go together') as string },
    ]);
  });

  it('TLS options for all connections of the client', () => {
    const client = (options: string) =>
      importSysConfig(`[{dog_trainer, []}, {amqp_client, [{ssl_options, ${options}}]}].`);
    expect(client('[{verify, verify_peer}]').losses).toMatchObject([{ from: 'amqp_client.ssl_options' }]);
    expect(client('[]').losses).toEqual([]);
  });

  it('a file that holds a list in its list, without showing what is in it', () => {
    const nested = '[[{dog_trainer, [{smtp_password, "hunter2"}]}]].';
    expect(() => importSysConfig(nested)).toThrow(
      /not a list of \{application, \[\{key, value\}\]\}: found a list of 1$/,
    );
  });

  it('a file without the application', () => {
    expect(importSysConfig('[{kernel, []}].').losses).toMatchObject([{ from: 'dog_trainer' }]);
  });
});

describe('config import keeps what the old server took where a key is absent', () => {
  it('the store is RethinkDB on localhost, the broker is on localhost, whatever is missing', () => {
    for (const text of ['[{dog_trainer, []}].', '[{dog_trainer, []}, {thumper, [{brokers, [{default, []}]}]}].']) {
      const { yaml, losses } = importSysConfig(text);
      const { config } = loadConfig({ text: { name: 'imported', yaml } });
      expect(losses).toEqual([]);
      expect(config).toMatchObject({
        store: { kind: 'rethinkdb' },
        rethinkdb_host: 'localhost',
        rethinkdb_port: 28015,
        rethinkdb_username: 'admin',
        generate_unset_tables: true,
        hashcheck_alert_seconds: 30,
        broker: { kind: 'amqp', host: 'localhost', tls: false },
      });
    }
  });

  it.each([
    [
      'a bare atom among the options',
      '[verbose, {host, "mq"}, inet6, {user, "dog"}]',
      { host: 'mq', user: 'dog', tls: false },
    ],
    ['ssl alone', '[{host, "mq"}, ssl]', { host: 'mq', tls: true }],
    ['{ssl, true}', '[{ssl, true}, {host, "mq"}]', { host: 'mq', tls: true }],
    [
      'a bare atom among the TLS options',
      '[{host, "mq"}, {ssl_options, [verbose, {cacertfile, "/ca"}]}]',
      { tls: true },
    ],
    // The client below turtle and thumper takes anything but `none` for TLS.
    ['no TLS options at all', '[{host, "mq"}, {ssl_options, []}]', { tls: true }],
    ['none', '[{host, "mq"}, {ssl_options, none}]', { tls: false }],
    ['an address as inet has it', '[{host, {10, 0, 0, 7}}]', { host: '10.0.0.7' }],
    ['a name as an atom', '[{host, localhost}]', { host: 'localhost' }],
    ['a name as a list of characters', '[{host, [109, 113]}]', { host: 'mq' }],
  ])('%s', (_, options, broker) => {
    const { yaml, losses } = importSysConfig(
      `[{dog_trainer, [verbose, {env, "t1"}]}, {thumper, [{brokers, [{default, [{rabbitmq_config, ${options}}]}]}]}].`,
    );
    expect(losses).toEqual([]);
    expect(loadConfig({ text: { name: 'imported', yaml } }).config).toMatchObject({ env: 't1', broker });
  });

  it('a heartbeat as long as thumper had it', () => {
    const { yaml, losses } = importSysConfig(thumper('{host, "mq"}, {heartbeat, 30}'));
    expect(losses).toEqual([]);
    expect(loadConfig({ text: { name: 'imported', yaml } }).config).toMatchObject({
      broker: { heartbeat: 30 },
      cluster: { lease_seconds: 61 },
    });
  });
});
