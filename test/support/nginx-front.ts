import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { temporaryDirectory } from './temporary-directory.js';
import { until } from './whole-server.js';

/** Debian keeps nginx where only root looks. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;
const EXAMPLE = 'packaging/nginx/dog_trainer.conf';

export const noNginx =
  spawnSync('nginx', ['-v'], { env: { PATH } }).error === undefined ? undefined : 'nginx is not installed';
const noIpv6 = networkInterfaces()['lo']?.some(({ family }) => family === 'IPv6') !== true;

/** A real nginx with the example of packaging/nginx; ports, certificate and server are those of the test. */
export interface NginxFront {
  readonly httpPort: number;
  readonly httpsPort: number;
  /** What `nginx -t` said of it. */
  readonly checked: { readonly status: number | null; readonly said: string };
}

/** Starts it in front of a server; it is stopped when the test ends. `certificate`: PEM files. */
export async function startNginx(options: {
  readonly api: number;
  readonly certificate: string;
  readonly key: string;
}): Promise<NginxFront> {
  const directory = temporaryDirectory();
  const [httpPort = 0, httpsPort = 0] = await freePorts(2);
  const ofPort = (port: string) => (port === '443' ? httpsPort : httpPort);
  const site = replaced(readFileSync(EXAMPLE, 'utf8'), [
    [/listen (443|80)\b/g, (port) => `listen 127.0.0.1:${ofPort(port)}`],
    [/listen \[::\]:(443|80)\b(.*);/g, (port, flags) => (noIpv6 ? '' : `listen [::1]:${ofPort(port)}${flags};`)],
    [/\/etc\/ssl\/certs\/dog\.example\.org\.pem/g, () => options.certificate],
    [/\/etc\/ssl\/private\/dog\.example\.org\.key/g, () => options.key],
    [/127\.0\.0\.1:7070/g, () => `127.0.0.1:${options.api}`],
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(directory, name));
    return `${name}_temp_path ${join(directory, name)};`;
  });
  const file = join(directory, 'nginx.conf');
  // The example alone must keep old TLS out and let streams pass: neither OpenSSL's level nor a header of ours does.
  const main = `daemon off;
master_process off;
pid ${join(directory, 'pid')};
error_log ${join(directory, 'error.log')};
events {}
http {
access_log off;
${temporary.join('\n')}
ssl_ciphers DEFAULT@SECLEVEL=0;
proxy_ignore_headers X-Accel-Buffering;
${site}
}
`;
  writeFileSync(file, main);
  const run = ['-p', directory, '-e', join(directory, 'error.log'), '-c', file];
  const check = spawnSync('nginx', ['-t', ...run], { encoding: 'utf8', env: { PATH } });
  const checked = { status: check.status, said: check.stderr };
  const child = spawn('nginx', run, { env: { PATH }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`nginx has ended: ${check.stderr}${said}`);
    return listens(httpsPort);
  }, 'the start of nginx');
  return { httpPort, httpsPort, checked };
}

/** Each pattern must be there: what is not replaced would be the machine's own. */
function replaced(
  text: string,
  changes: readonly (readonly [RegExp, (...groups: readonly string[]) => string])[],
): string {
  return changes.reduce((before, [pattern, change]) => {
    const after = before.replace(pattern, (_all, ...groups: string[]) => change(...groups));
    if (after === before) throw new Error(`${EXAMPLE} has nothing like ${pattern.source}`);
    return after;
  }, text);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
