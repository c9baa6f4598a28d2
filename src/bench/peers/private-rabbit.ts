import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.js';

/** Debian's package; its scripts here, unlike those in /usr/sbin, run as any user. */
const BIN = '/usr/lib/rabbitmq/bin';
const READY = 'Server startup complete';
const START_LIMIT_MS = 90_000;

/** Certificates (file names) for a second, TLS listener; it asks its clients for theirs. */
export interface RabbitTls {
  readonly cacertfile: string;
  readonly certfile: string;
  readonly keyfile: string;
}

/** A RabbitMQ of one's own: its ports, directories, node name and Erlang port mapper belong to nobody else. */
export interface PrivateRabbit {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** 0 without TLS. */
  readonly tlsPort: number;
  /** Of the management API; 0 without it. */
  readonly managementPort: number;
  readonly vhost: 'dog';
  readonly username: 'dog';
  readonly password: 'a secret/of:the@test';
  /** With user, password and vhost. */
  readonly url: string;
  /** Starts it again after `stop` or `kill`, on the same port with the same data. */
  start(): Promise<void>;
  /** In good order (SIGTERM). */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: the sockets stay open, nothing answers. */
  pause(): void;
  resume(): void;
  /** How rabbitmqctl is run, for scripts that call it. */
  readonly ctlCommand: { readonly file: string; readonly env: Readonly<Record<string, string>> };
  /** Runs rabbitmqctl; gives what it printed. */
  ctl(...args: string[]): Promise<string>;
  /** Raises or clears a memory alarm: the broker then blocks every connection that publishes. */
  memoryAlarm(on: boolean): Promise<void>;
  /** Kills what is left and removes the directory. */
  close(): Promise<void>;
}

/** Starts a private RabbitMQ in about 4 s, or says why it can't. */
export async function startRabbit(
  options: { tls?: RabbitTls; management?: true } = {},
): Promise<PrivateRabbit | { unavailable: string }> {
  if (!existsSync(join(BIN, 'rabbitmq-server'))) return { unavailable: 'rabbitmq-server is not installed' };
  const directory = await mkdtemp(join(tmpdir(), 'dog-rabbit-'));
  const [port = 0, dist = 0, epmdPort = 0, ...more] = await freePorts(5);
  const [tlsPort = 0, managementPort = 0] = [options.tls ? more[0] : 0, options.management ? more[1] : 0];
  const node = `dog${port}@localhost`;
  await mkdir(join(directory, 'home'));
  const password = 'a secret/of:the@test';
  await writeFile(join(directory, 'rabbitmq.conf'), config(port, tlsPort, managementPort, options.tls, password));
  await writeFile(join(directory, 'plugins'), options.management ? '[rabbitmq_management].\n' : '[].\n');
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: join(directory, 'home'),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: node,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
    RABBITMQ_LOG_BASE: join(directory, 'log'),
    RABBITMQ_DIST_PORT: String(dist),
    // One scheduler that never spins: several brokers share the machine with the tests.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
  };
  // Our own child, or the node would leave a daemon behind.
  const epmd = spawn('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env, stdio: 'ignore' });
  let server: ChildProcess | undefined;
  // The node runs under a shell: signals go to their process group.
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return server?.pid !== undefined && process.kill(-server.pid, name);
    } catch {
      return false; // the group is gone
    }
  };
  const killAll = (): void => {
    signal('SIGKILL');
    epmd.kill('SIGKILL');
  };
  process.once('exit', killAll);
  const ended = async (): Promise<void> => {
    // Bounded: where nobody reaps orphans, a zombie keeps the group alive.
    for (let i = 0; i < 500 && signal(0); i++) await sleep(20);
  };

  const rabbit: PrivateRabbit = {
    host: '127.0.0.1',
    port,
    tlsPort,
    managementPort,
    vhost: 'dog',
    username: 'dog',
    password,
    url: `amqp://dog:${encodeURIComponent(password)}@127.0.0.1:${port}/dog`,
    async start() {
      server = spawn(join(BIN, 'rabbitmq-server'), [], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      await ready(server);
    },
    async stop() {
      signal('SIGTERM');
      await ended();
    },
    async kill() {
      signal('SIGKILL');
      await ended();
    },
    pause: () => void signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    ctlCommand: { file: join(BIN, 'rabbitmqctl'), env },
    async ctl(...args) {
      const { stdout } = await promisify(execFile)(join(BIN, 'rabbitmqctl'), ['--quiet', ...args], { env });
      return stdout;
    },
    async memoryAlarm(on) {
      await rabbit.ctl('set_vm_memory_high_watermark', on ? '0.00001' : '0.4');
      // The node answers before its alarm handler has heard of it: a message may still slip through until then.
      while ((await rabbit.ctl('eval', 'rabbit_alarm:get_alarms().')).includes('memory') !== on) await sleep(50);
    },
    async close() {
      killAll();
      await ended();
      process.removeListener('exit', killAll);
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    await rabbit.start();
  } catch (error) {
    await rabbit.close();
    return { unavailable: `rabbitmq-server did not start: ${String(error)}` };
  }
  return rabbit;
}

/** Resolves at the line that says the broker is up. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let tail = '';
    const timer = setTimeout(
      () => reject(new Error(`not ready within ${START_LIMIT_MS} ms:\n${tail}`)),
      START_LIMIT_MS,
    );
    const read = (chunk: Buffer): void => {
      tail = (tail + chunk.toString('utf8')).slice(-4000);
      if (!tail.includes(READY)) return;
      clearTimeout(timer);
      resolve();
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('error', reject);
    server.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`rabbitmq-server ended (${String(code ?? signal)}):\n${tail}`));
    });
  });
}

function config(
  port: number,
  tlsPort: number,
  managementPort: number,
  tls: RabbitTls | undefined,
  password: string,
): string {
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'default_vhost = dog',
    'default_user = dog',
    `default_pass = ${password}`,
    'default_permissions.configure = .*',
    'default_permissions.read = .*',
    'default_permissions.write = .*',
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
    ...(managementPort === 0
      ? ['collect_statistics = none']
      : [
          `management.tcp.port = ${managementPort}`,
          'management.tcp.ip = 127.0.0.1',
          'default_user_tags.administrator = true',
        ]),
    'disk_free_limit.absolute = 1MB',
  ];
  if (tls !== undefined) {
    lines.push(
      `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
      `ssl_options.cacertfile = ${tls.cacertfile}`,
      `ssl_options.certfile = ${tls.certfile}`,
      `ssl_options.keyfile = ${tls.keyfile}`,
      'ssl_options.verify = verify_peer',
      'ssl_options.fail_if_no_peer_cert = true',
    );
  }
  return `${lines.join('\n')}\n`;
}
