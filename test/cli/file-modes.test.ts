import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { runMain } from '../support/main-child.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { watchFiles } from '../support/seen-files.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const soon = { timeout: 60_000, interval: 100 };

/** Runs commands of one umask in one directory, and keeps the modes of what they made. */
function run(umask: string) {
  const root = temporaryDirectory();
  // What the test makes itself is not below this.
  const home = join(root, 'made');
  mkdirSync(home, { mode: 0o700 });
  mkdirSync(join(home, 'tmp'), { mode: 0o700 });
  const seen = watchFiles(home);
  const environment = { TMPDIR: join(home, 'tmp') };
  const main = (...args: string[]) => runMain(args, environment, umask);
  return {
    root,
    home,
    main,
    done: async (...args: string[]): Promise<void> => {
      const child = main(...args);
      expect(await child.ended, `${args.join(' ')}: ${child.err}`).toBe(0);
    },
    /** Starts the server and resolves when it listens. */
    start: async (file: string) => {
      const child = main('start', '--config', file);
      const log = join(home, 'log', 'console.log');
      const count = () => (existsSync(log) ? readFileSync(log, 'utf8').split('"msg":"listening"').length : 1);
      const before = count();
      await vi.waitFor(() => expect(count(), child.err + child.out).toBe(before + 1), soon);
      return child;
    },
    table: () =>
      [...seen.end()].map(([path, modes]) => {
        // A socket is made with 0700, and a moment later it is 0600.
        const shown = path.endsWith(' (socket)') ? [...modes].filter((mode) => mode !== '0700') : [...modes];
        return [path, shown.sort().join(' ')] as const;
      }),
  };
}

function wantedMode([path]: readonly [string, string]): readonly [string, string] {
  return [path, path.endsWith('/') ? '0700' : '0600'];
}

function configuration(home: string, broker: string) {
  return `
data_dir: ${home}/data
run_dir: ${home}/run
api: {port: 0}
metrics: {port: 0}
log: {dir: ${home}/log}
broker: {kind: amqp, url: '${broker}'}
`;
}

const rabbit = await startRabbit();
if (!('unavailable' in rabbit)) afterAll(() => rabbit.close());

// Under 000 each permission that a program asks for shows, so what is right there is right under 022, which takes some away.
const UMASKS = process.env['TRIALS'] === 'full' ? ['022', '000'] : ['000'];
describe.each(UMASKS)("every file of every command, with a umask of %s, is its owner's alone:", (umask) => {
  it('the server, its store, and all commands on it', { timeout: 300_000 }, async () => {
    const { root, home, main, done, start, table } = run(umask);
    const file = join(root, 'dog.yaml');
    writeFileSync(file, configuration(home, 'amqp://guest:guest@127.0.0.1:1/dog'));
    const at = ['--config', file];
    const old = join(root, 'sys.config');
    writeFileSync(old, '[{dog_trainer, [{env, "q1"}, {smtp_password, "secret"}]}].\n');
    await done('config', 'import', old, '-o', join(home, 'imported.yaml'));

    const server = await start(file);
    await done('token', 'create', 'ops', '--scope', 'write', ...at);
    await done('backup', join(home, 'hot.db'), ...at);
    await done('export', join(home, 'policy.json'), ...at);
    await done('import', join(home, 'policy.json'), ...at);
    server.process.kill('SIGKILL');
    await server.ended;

    // A log that a dead server left, damaged: it is kept aside.
    const wal = join(home, 'data', 'dog_trainer.db-wal');
    copyFileSync(wal, join(root, 'wal'));
    writeSync(openSync(wal, 'r+'), Buffer.alloc(32, 255), 0, 32, 0);
    await done('backup', join(home, 'cold.db'), ...at);
    const again = await start(file);
    again.process.kill('SIGTERM');
    expect(await again.ended).toBe(0);

    // Each of the first needs the store, or the journal, for itself.
    const inTurn = async (): Promise<void> => {
      await done('journal', 'list', ...at);
      await done('journal', 'verify', ...at);
      await done('restore', join(home, 'hot.db'), ...at);
      await done('token', 'list', ...at);
      await done('export', join(home, 'cold.json'), ...at);
    };
    await Promise.all([
      inTurn(),
      done('config', 'show', ...at),
      done('decode', 'test/captures/agent-ips-keepalive.bin'),
      done('demo', '--once', '--agents', '2'),
      main('tree', ...at).ended,
    ]);

    const made = table();
    // The table of the release notes.
    if (process.env['PRINT_FILE_MODES'] !== undefined)
      process.stdout.write(made.map(([path, mode]) => `\n${mode}  ${path}`).join('') + '\n');
    expect(made).toEqual(made.map(wantedMode));
    expect(made.map(([path]) => path)).toEqual(
      expect.arrayContaining([
        'cold.db',
        'cold.json',
        'data/',
        'data/dog_trainer.db',
        'data/dog_trainer.db-shm',
        'data/dog_trainer.db-wal',
        'data/dog_trainer.db-wal.damaged-N',
        'data/dog_trainer.db.before-restore-N',
        'data/dog_trainer.db.lock',
        'data/dog_trainer.db.owner',
        'data/queuejournal/',
        'data/queuejournal/journal-N.log',
        'data/queuejournal/lock',
        'hot.db',
        'imported.yaml',
        'log/',
        'log/console.log',
        'log/crash.log',
        'log/error.log',
        'policy.json',
        'run/',
        'run/admin.sock (socket)',
        'tmp/dog-trainer-demo-N/',
      ]),
    );
    // The demo leaves nothing.
    expect(readdirSync(join(home, 'tmp'))).toEqual([]);
  });

  it.skipIf('unavailable' in rabbit)('dead letters of a server on RabbitMQ', { timeout: 120_000 }, async () => {
    if ('unavailable' in rabbit) return;
    const { root, home, start, table } = run(umask);
    const file = join(root, 'dog.yaml');
    writeFileSync(file, configuration(home, rabbit.url));
    const server = await start(file);
    const connection = await connect(rabbit.url);
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue('ips', Buffer.from('no term'));
    await channel.waitForConfirms();
    await connection.close();
    await vi.waitFor(() => expect(existsSync(join(home, 'data', 'dead-letters.ndjson'))).toBe(true), soon);
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    const made = table();
    expect(made).toEqual(made.map(wantedMode));
    expect(made).toContainEqual(['data/dead-letters.ndjson', '0600']);
  });
});
