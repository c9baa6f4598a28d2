import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.js';
import { DEFAULT_FILE, loadConfig } from '../../src/config/load.js';
import type { ConfigSources } from '../../src/config/load.js';
import { KEYS } from '../../src/config/schema.js';
import { showConfig } from '../../src/config/show-config.js';
import { readYaml } from '../../src/config/sources.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function yamlFile(text: string): string {
  const file = join(temporaryDirectory(), 'dog.yaml');
  writeFileSync(file, text);
  return file;
}

function errorOf(sources: ConfigSources): ConfigError {
  try {
    loadConfig(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('this configuration was accepted');
}

describe('config/default.yaml', () => {
  const text = readFileSync(DEFAULT_FILE, 'utf8');

  it('has exactly the keys of the schema', () => {
    const { entries, problems } = readYaml(text, 'default.yaml', 'default');
    expect(problems).toEqual([]);
    expect(entries.map((entry) => entry.key).sort()).toEqual([...KEYS.keys()].sort());
  });

  it('explains every key in a comment above it, with its unit', () => {
    const lines = text.split('\n');
    for (const { key, origin } of readYaml(text, 'default.yaml', 'default').entries) {
      const line = Number(origin.text.split(':')[1]);
      const comment = lines[line - 2] ?? '';
      expect(comment, `comment of ${key}`).toMatch(/^ *# \S/);
      const unit = KEYS.get(key)?.unit;
      if (unit !== undefined) expect(comment, `unit of ${key}`).toContain(unit);
      if (KEYS.get(key)?.secret === true) expect(comment, key).toContain('secret');
    }
  });

  it('holds the shipped values of the old server where they differ from its code', () => {
    const { config } = loadConfig();
    expect(config).toMatchObject({
      hashcheck_alert_seconds: 180,
      generate_unset_tables: false,
      command_execution_timeout_ms: 10000,
      keepalive_alert_seconds: 1800,
      ruleset_dialect: undefined,
      queuejournal: { enabled: true, memqueue_max: 10000, check_journal: true },
      api: { host: '127.0.0.1', port: 7070, auth: 'none' },
      metrics: { host: '127.0.0.1', port: 8085 },
      store: { kind: 'sqlite' },
      broker: { kind: 'memory' },
    });
  });
});

describe('the order of sources', () => {
  it('is defaults, file, environment, flags, each key by itself', () => {
    const file = yamlFile(
      'api:\n  port: 1001\n  auth: tokens\nmetrics.port: 1002\nenv: q1\nkeepalive_alert_seconds: 90\n',
    );
    const { config, origins } = loadConfig({
      file,
      environment: { DOG_API__PORT: '2001', DOG_METRICS__PORT: '2002', DOG_ENV: 'q2', PATH: '/bin' },
      set: ['api.port=3000', 'api.port=3001'],
      data: '/tmp/d',
    });
    expect(config.api).toMatchObject({ port: 3001, auth: 'tokens', host: '127.0.0.1' });
    expect(config).toMatchObject({
      metrics: { port: 2002 },
      env: 'q2',
      keepalive_alert_seconds: 90,
      data_dir: '/tmp/d',
    });
    expect(origins.get('keepalive_alert_seconds')?.text).toBe(`${file}:6`);
    expect(origins.get('metrics.port')?.text).toBe('environment variable DOG_METRICS__PORT');
    expect(origins.get('api.port')?.text).toBe('--set api.port');
  });

  it('spells booleans, lists and unset values in the environment and on the command line', () => {
    const { config } = loadConfig({
      environment: { DOG_SMTP_TO: 'a@example.org, b@example.org', DOG_REPAIR: 'False', DOG_RULESET_DIALECT: '' },
      set: ['broker.urls=["amqp://h1","amqp://h2"]', 'rethink_squash_sec=0.5', 'smtp_password=a=b'],
    });
    expect(config).toMatchObject({
      smtp_to: ['a@example.org', 'b@example.org'],
      repair: false,
      ruleset_dialect: undefined,
      rethink_squash_sec: 0.5,
      smtp_password: 'a=b',
    });
    expect(config.broker.urls).toEqual(['amqp://h1', 'amqp://h2']);
  });

  it('puts files under the data directory, or where systemd says', () => {
    expect(loadConfig({ data: '/d' }).config).toMatchObject({
      run_dir: '/d/run',
      store: { path: '/d/dog_trainer.db' },
      queuejournal: { dir: '/d/queuejournal' },
      log: { dir: undefined },
    });
    const environment = { STATE_DIRECTORY: '/s', RUNTIME_DIRECTORY: '/r', LOGS_DIRECTORY: '/l' };
    expect(loadConfig({ environment }).config).toMatchObject({ data_dir: '/s', run_dir: '/r', log: { dir: '/l' } });
    expect(loadConfig({ environment, data: '/d', set: ['log.dir=/x'] }).config).toMatchObject({
      data_dir: '/d',
      run_dir: '/r',
      log: { dir: '/x' },
    });
  });

  it('gives a frozen object', () => {
    const { config } = loadConfig();
    expect(
      Object.isFrozen(config) && Object.isFrozen(config.broker.ssl_options) && Object.isFrozen(config.smtp_to),
    ).toBe(true);
  });
});

describe('errors', () => {
  it('name key, value, place and what would be right, all together', () => {
    const file = yamlFile('# mine\napi:\n  port: seventy\n  prot: 5\nsmtp_to: 7\nlog: loud\n');
    const error = errorOf({ file, environment: { DOG_REPAIR: 'perhaps' }, set: ['store.kind=mysql', 'nonsense'] });
    expect(error.message.split('\n').slice(1).sort()).toEqual(
      [
        `  api.port = "seventy" (from ${file}:3): must be a whole number from 0 to 65535`,
        `  api.prot (from ${file}:4): unknown key; did you mean api.port?`,
        `  smtp_to = 7 (from ${file}:5): must be a list of mail addresses`,
        `  log (from ${file}:6): is a section; give it keys of its own: level, dir, size, keep, crash_log, handlers, tracefiles, async_threshold, sieve_threshold, sieve_window`,
        '  repair = "perhaps" (from environment variable DOG_REPAIR): must be true or false',
        '  store.kind = "mysql" (from --set store.kind): must be one of: sqlite, rethinkdb',
        '  --set: must be --set key=value, such as --set api.port=7171',
      ].sort(),
    );
  });

  it.each([
    ['keepalive_alert_secs=5', 'did you mean keepalive_alert_seconds?'],
    ['port=5', 'did you mean api.port?'],
    ['api.allow-unauthenticated=true', 'did you mean api.allow_unauthenticated?'],
    ['zzzzzzzz=1', 'zzzzzzzz (from --set zzzzzzzz): unknown key'],
    ['api.port=70000', 'from 0 to 65535'],
    ['api.port=1.5', 'a whole number'],
    ['api.port=', 'api.port = "" (from --set api.port): must be a whole number'],
    ['polling_interval_seconds=0', 'a number of seconds, 0.01 or more'],
    ['env=toolong', 'must be one or two letters or digits'],
    ['broker.url=http://host', 'must be a URL such as amqps://'],
    ['broker=amqp', 'broker (from --set broker): is a section'],
    ['alerts.retry_max_seconds=1', 'must be at least alerts.retry_min_seconds'],
    ['broker.ssl_options.certfile=/c', 'broker.ssl_options.keyfile = null (from'],
  ])('--set %s: %s', (flag, text) => {
    expect(errorOf({ set: [flag] }).message).toContain(text);
  });

  it('tell where YAML is not well-formed, and that an Erlang file must be imported', () => {
    const file = yamlFile('env: q1\napi: [1\n');
    expect(errorOf({ file }).message).toMatch(/dog\.yaml:[23]: is not well-formed YAML/);
    expect(errorOf({ file: yamlFile('a: 1\na: 2\n') }).message).toMatch(/dog\.yaml:2: .*unique/);
    expect(errorOf({ file: yamlFile('[\n{dog_trainer, [\n{env, "q1"}\n]}].\n') }).message).toContain('config import');
    expect(errorOf({ file: yamlFile('- 1\n') }).message).toContain('must be a YAML map');
    expect(errorOf({ file: '/nonexistent.yaml' }).message).toContain('/nonexistent.yaml: cannot be read: no such file');
    expect(errorOf({ file: '/' }).message).toContain('/: cannot be read: EISDIR');
  });

  it('never print a secret', () => {
    const file = yamlFile(
      'smtp_password: [hunter2]\nsmtp_pasword: hunter2\nbroker:\n  url: amqpz://u:hunter2@h\n  password: {a: hunter2}\n',
    );
    const error = errorOf({ file, set: ['broker.urls=amqp://u:hunter2@h,ftp://u:hunter2@h'] });
    expect(error.problems).toHaveLength(5);
    expect(error.message).not.toContain('hunter2');
    expect(error.message).toContain('smtp_password = "(secret)"');
    expect(error.message).toContain('amqpz://u:***@h');
  });
});

describe('several servers', () => {
  const SHARED = ['store.kind=rethinkdb', 'broker.kind=amqp', 'broker.url=amqp://h'];

  it.each([
    [30, 15, false],
    [30.5, 15, true],
    [6, 2, true],
  ])('a lease of %s s with a heartbeat of %s s is fine: %s', (lease, heartbeat, fine) => {
    const keys = [`cluster.lease_seconds=${lease}`, `broker.heartbeat=${heartbeat}`];
    if (fine) expect(loadConfig({ set: [...SHARED, ...keys] }).config.cluster.lease_seconds).toBe(lease);
    else
      expect(errorOf({ set: [...SHARED, ...keys] }).message).toContain(
        `cluster.lease_seconds = ${lease} (from --set cluster.lease_seconds): must be more than 30, two of broker.heartbeat`,
      );
    // One server alone has no lease.
    expect(loadConfig({ set: keys }).warnings).toEqual([]);
  });

  it('their API is reached at a URL', () => {
    expect(loadConfig({ set: ['cluster.url=http://10.0.0.5:7070'] }).config.cluster.url).toBe('http://10.0.0.5:7070');
    expect(errorOf({ set: ['cluster.url=amqp://h'] }).message).toContain('cluster.url');
  });
});

describe('access', () => {
  it('console.eval is off, and a warning where it is on', () => {
    expect(loadConfig({}).config.console.eval).toBe(false);
    expect(loadConfig({ set: ['console.eval=true'] }).warnings).toEqual([
      expect.stringContaining("the service's user and root, can run any code in this server"),
    ]);
  });

  it.each(['0.0.0.0', '::', '10.1.2.3', 'dog.example.org'])('api.host %s without tokens is refused', (host) => {
    expect(errorOf({ set: [`api.host=${host}`] }).message).toContain('api.allow_unauthenticated: true');
    expect(loadConfig({ set: [`api.host=${host}`, 'api.auth=tokens'] }).warnings).toEqual([]);
    expect(loadConfig({ set: [`api.host=${host}`, 'api.allow_unauthenticated=true'] }).warnings).toEqual([
      expect.stringContaining('anybody who reaches port 7070'),
    ]);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('api.host %s needs nothing', (host) => {
    expect(loadConfig({ set: [`api.host=${host}`] }).warnings).toEqual([]);
  });
});

describe('keys without meaning here', () => {
  it('are accepted with a warning that says why', () => {
    const file = yamlFile(
      'pools:\n  pool1: {size: 10}\nsync: [growl, none]\nbroker: {api_port: 15672}\nlog: {async_threshold: 10000}\nperiodic_publish_max: 10\n',
    );
    const { warnings, config } = loadConfig({ file });
    expect(warnings).toHaveLength(5);
    expect(warnings).toContainEqual(`pools (from ${file}:1) is ignored: this server has no pools to size`);
    expect(config).not.toHaveProperty('pools');
  });
});

describe('config show', () => {
  it('prints YAML that loads again, without secrets, with origins', () => {
    const set = [
      'broker.url=amqp://dog:hunter2@mq/dog',
      'broker.kind=amqp',
      'smtp_password=hunter2',
      'smtp_to=a@b,c@d',
    ];
    const text = showConfig(loadConfig({ set, environment: { DOG_BROKER__SSL_OPTIONS__VERIFY: 'verify_none' } }));
    expect(text).not.toContain('hunter2');
    expect(text).toContain('  url: amqp://dog:***@mq/dog # --set broker.url\n');
    expect(text).toContain('smtp_password: (secret) # --set smtp_password\n');
    expect(text).toContain('    verify: verify_none # environment variable DOG_BROKER__SSL_OPTIONS__VERIFY\n');
    const again = loadConfig({ file: yamlFile(text) });
    expect(again.config.smtp_to).toEqual(['a@b', 'c@d']);
    expect(again.config.broker.ssl_options.verify).toBe('verify_none');
  });
});

describe('times that contradict each other', () => {
  it('are warned of: hosts would be declared dead before the guard sees that nobody is heard', () => {
    const warned = (seconds: number): readonly string[] =>
      loadConfig({ set: [`keepalive_alert_seconds=${seconds}`, 'retirement_alert_seconds=100000'] }).warnings;
    expect(warned(121)).toEqual([]);
    expect(warned(120)).toEqual([
      expect.stringMatching(/^keepalive_alert_seconds \(120\) is not more than the 120 sec/),
    ]);
  });
});

describe('templates that nothing filled in', () => {
  it.each([
    ['api.host', '${HOST}'],
    ['api.host', '{{ .Values.host }}'],
    ['broker.user', '$RABBIT_USER'],
    ['broker.password', '${RABBIT_PASSWORD}'],
    ['broker.virtual_host', '<%= @vhost %>'],
    ['broker.url', 'amqps://dog:${PASSWORD}@rabbit/dog'],
    ['broker.urls', 'amqp://a/dog,amqp://{{ host }}/dog'],
    ['broker.ssl_options.certfile', '${CERTS}'],
    ['smtp_to', '@@MAIL@@'],
    ['smtp_username', '%USER%'],
    ['api.port', '${PORT}'],
    ['api.commands', '{{ commands }}'],
  ])('are refused: %s=%s', (key, value) => {
    expect(errorOf({ set: [`${key}=${value}`] }).message).toMatch(/template that nothing has filled in/);
  });

  it.each([
    ['smtp_password', '$ABC'],
    ['smtp_password', '%abc%'],
    ['smtp_password', 'a${b}c'],
    ['smtp_password', '{a}'],
    ['broker.password', '@TOP@'],
    ['broker.virtual_host', '{dog}'],
  ])('are not seen where there are none: %s=%s', (key, value) => {
    expect(() => loadConfig({ set: [`${key}=${value}`] })).not.toThrow();
  });
});

describe('warnings about the way to broker and relay', () => {
  const amqp = ['broker.kind=amqp'];
  it.each<[readonly string[], RegExp]>([
    [['broker.url=amqps://h/dog'], /cacertfile and server_name_indication are unset: any server/],
    [['broker.tls=true', 'broker.ssl_options.server_name_indication=disable'], /cacertfile and server_name/],
    [['broker.url=amqps://h/dog', 'broker.ssl_options.verify=verify_none'], /anybody can pretend to be the broker/],
    [['broker.url=amqp://h/dog', 'broker.tls=true'], /broker\.url asks for a connection without TLS/],
    [['broker.urls=amqps://h/dog,amqp://i/dog', 'broker.ssl_options.cacertfile=/ca'], /broker\.urls asks for/],
    [['broker.url=amqp://h/dog?heartbeat=10'], /follows the \? of a broker URL is not read/],
    [['smtp_relay=h', 'smtp_tls=implicit'], /smtp_tls is implicit and smtp_port is 25/],
    [['smtp_relay=h', 'smtp_port=465'], /smtp_tls is required and smtp_port is 465/],
    [['smtp_username=u'], /smtp_username is set but smtp_password is not/],
  ])('%j', (set, says) => {
    expect(loadConfig({ set: [...amqp, ...set] }).warnings.join('\n')).toMatch(says);
  });

  it.each([
    [['broker.url=amqps://h/dog', 'broker.ssl_options.cacertfile=/ca']],
    [['broker.url=amqps://h/dog', 'broker.ssl_options.server_name_indication=h']],
    [['broker.url=amqp://h/dog']],
  ])('none: %j', (set) => {
    expect(loadConfig({ set: [...amqp, ...set] }).warnings).toEqual([]);
  });
});
