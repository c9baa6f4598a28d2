import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { readLink } from '../../src/federation/link-settings.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { createLinkBroker } from '../../src/server/opening/create-link-broker.js';
import { hasSet, linkTo, startLinkedServer, zone } from '../support/linked-servers.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startWholeServer, until, type WholeServer } from '../support/whole-server.js';

const SCRIPT = 'packaging/certificates/make-certificates';
const directory = mkdtempSync(join(tmpdir(), 'dog-link-tls-'));
function file(...names: readonly string[]): string {
  return join(directory, ...names);
}
function make(...args: readonly string[]): void {
  execFileSync('sh', [SCRIPT, ...args], { stdio: 'pipe' });
}
for (const authority of ['ours', 'other']) {
  mkdirSync(file(authority));
  make('ca', file(authority));
}
make('broker', file('ours'), 'dog-broker.test');
make('client', file('ours'), 'q1');
// Of the same authority and for the same name, but its time was over as soon as it was made.
execFileSync('openssl', [
  ...['req', '-new', '-key', file('ours', 'broker.key'), '-subj', '/CN=old', '-out', file('old.csr')],
]);
execFileSync('sh', [
  '-c',
  `printf 'subjectAltName=DNS:dog-broker.test\\n' | openssl x509 -req -in "$0/old.csr" -CA "$0/ours/ca.crt" \\
    -CAkey "$0/ours/ca.key" -CAserial "$0/serial" -CAcreateserial -days 0 -extfile /dev/stdin -out "$0/old.crt" 2>/dev/null`,
  directory,
]);

const rabbit = await startRabbit({
  tls: {
    cacertfile: file('ours', 'ca.crt'),
    certfile: file('ours', 'broker.crt'),
    keyfile: file('ours', 'broker.key'),
  },
});
const unavailable = 'unavailable' in rabbit ? rabbit.unavailable : undefined;
if (unavailable !== undefined) process.stdout.write(`links over TLS skipped: ${unavailable}\n`);
afterAll(async () => {
  if (!('unavailable' in rabbit)) await rabbit.close();
  rmSync(directory, { recursive: true });
});

/** As documents of the Erlang server have it: the chain is checked both ways, the name is not. */
const GOOD: JsonObject = {
  cacertfile: file('ours', 'ca.crt'),
  certfile: file('ours', 'q1.crt'),
  keyfile: file('ours', 'q1.key'),
  server_name_indication: 'disable',
  verify: 'verify_peer',
  fail_if_no_peer_cert: true,
};
const NAMED: JsonObject = { ...GOOD, server_name_indication: 'dog-broker.test' };

/** Speaks TLS with this certificate, and passes on what it hears. */
async function tlsInFrontOf(port: number, certificate: string): Promise<number> {
  const server: Server = createServer(
    { cert: readFileSync(certificate), key: readFileSync(file('ours', 'broker.key')) },
    (client) => {
      const to = connect({ host: '127.0.0.1', port });
      for (const end of [client, to]) end.on('error', () => (client.destroy(), to.destroy()));
      client.pipe(to).pipe(client);
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function connectionTo(port: number, ssl_options: JsonObject, more: JsonObject = {}): JsonObject {
  const { tls: _, ...connection } = linkTo('q2', port).connection as JsonObject;
  return { ...connection, ssl_options, ...more };
}

describe.skipIf(unavailable !== undefined)('a link over TLS', () => {
  it('works verified; what does not fit is a state that says what to look at, and is mended by an edit', async () => {
    if ('unavailable' in rabbit) return;
    const [q2, q1] = [await startLinkedServer('q2', rabbit), await startQ1()];
    const old = await tlsInFrontOf(rabbit.port, file('old.crt'));
    await q2.create('link', linkTo('q1', rabbit.port, { direction: 'inbound' }));
    // Only more and more: what takes away would be held.
    const addresses = ['10.0.0.1'];
    const lab = await q1.create('zone', zone('lab', addresses));
    const link = await q1.create('link', {
      ...linkTo('q2', 0, { direction: 'outbound' }),
      connection: connectionTo(rabbit.tlsPort, GOOD),
    });
    await hasSet(q2, 'lab_zv4', addresses);
    const actor = q1.server.state.links.whereis(link);

    const { certfile: _certificate, ...anonymous } = GOOD;
    const faults: readonly (readonly [what: string, connection: JsonObject, says: RegExp])[] = [
      [
        'wrong authority',
        connectionTo(rabbit.tlsPort, { ...GOOD, cacertfile: file('other', 'ca.crt') }),
        /signed by nobody in connection\.ssl_options\.cacertfile/,
      ],
      [
        'wrong name',
        connectionTo(rabbit.tlsPort, { ...GOOD, server_name_indication: 'other.test' }),
        /not for the name in connection\.ssl_options\.server_name_indication; .* or to disable/,
      ],
      ['expired', connectionTo(old, NAMED), /has expired: renew it at the broker/],
      [
        'no client certificate',
        connectionTo(rabbit.tlsPort, anonymous),
        /see connection\.ssl_options\.certfile and keyfile|another certificate \(connection\.ssl_options\.certfile/,
      ],
      [
        'a key as a certificate',
        connectionTo(rabbit.tlsPort, { ...GOOD, certfile: file('ours', 'q1.key') }),
        /^connection\.ssl_options\.certfile = .*: holds no certificate in PEM form/,
      ],
      ['TLS to a port without it', connectionTo(rabbit.port, GOOD), /does not speak TLS: another connection\.port/],
      [
        'wrong password',
        connectionTo(rabbit.tlsPort, GOOD, { password: 'not the password' }),
        /not right: connection\.user and connection\.password/,
      ],
      [
        'wrong virtual host',
        connectionTo(rabbit.tlsPort, GOOD, { virtual_host: 'no' }),
        /\(connection\.virtual_host\)/,
      ],
    ];
    for (const [index, [what, connection, says]] of faults.entries()) {
      await write(q1, link, connection);
      const error = await until(async () => {
        const { state, error } = await far(q1, link);
        return state === 'down' && says.test(error ?? '') ? error : undefined;
      }, `${what} being said`);
      expect(error, what).not.toMatch(/secret|not the password|PRIVATE KEY|MII/);
      const { json } = await q1.api('GET', '/readyz');
      expect((json['reasons'] as string[]).join('\n'), what).toContain(`link "q2": its broker is down: `);
      // It goes on trying; then the edit alone mends it, and what changed meanwhile is told.
      const tries = q1.attempts();
      await until(() => q1.attempts() > tries, 'another try');
      addresses.push(`10.1.${index}.1`);
      await q1.edit('zone', lab, { ipv4_addresses: addresses });
      expect(q2.sets()['lab_zv4'] ?? [], what).not.toContain(`10.1.${index}.1`);
      await write(q1, link, connectionTo(rabbit.tlsPort, index % 2 === 0 ? NAMED : GOOD));
      await hasSet(q2, 'lab_zv4', addresses);
    }
    expect(q1.server.state.links.whereis(link)).toBe(actor);
  }, 120_000);

  it('says nothing to a broker that it has not verified, unless its document says so', async () => {
    if ('unavailable' in rabbit) return;
    let heard = 0;
    const broker = createServer(
      { cert: readFileSync(file('ours', 'broker.crt')), key: readFileSync(file('ours', 'broker.key')) },
      (socket) =>
        void socket
          .on('error', () => undefined)
          .once('data', () => {
            heard += 1;
            socket.destroy();
          }),
    );
    broker.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => void broker.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void broker.close());
    const { port } = broker.address() as AddressInfo;
    const link = createLinkBroker(loadConfig({ set: [] }).config);
    const wrong: string[] = [];
    let spoken = 0;
    for (const tls of [undefined, true, null, 0, 'false'])
      for (const verify of ['verify_peer', 'verify_none', undefined, 'none', null])
        for (const name of ['dog-broker.test', 'disable', 'other.test', undefined, '', null])
          for (const authority of ['ours', 'other', undefined]) {
            const options = {
              ...(authority === undefined ? {} : { cacertfile: file(authority, 'ca.crt') }),
              ...(verify === undefined ? {} : { verify }),
              ...(name === undefined ? {} : { server_name_indication: name }),
            };
            const connection = connectionTo(port, options, tls === undefined ? {} : { tls });
            const { far: to, farFault } = readLink({ ...linkTo('q2', 0), id: 'l', connection });
            // How `tls` is spelt makes no difference once it is seen to be TLS.
            if (to !== undefined && (!to.tls || tls !== undefined)) {
              if (!to.tls) wrong.push(`tls ${JSON.stringify(tls)} is no TLS`);
              continue;
            }
            const before = heard;
            if (to === undefined) expect(farFault).toMatch(/^connection\.ssl_options\./);
            else await expect(link(to).connect()).rejects.toThrow();
            const verified = authority === 'ours' && (name === 'dog-broker.test' || name === 'disable');
            const readable = name !== '' && name !== null;
            const wanted = (verify === 'verify_peer' && verified) || (verify === 'verify_none' && readable);
            if (heard > before) spoken += 1;
            if (heard > before !== wanted)
              wrong.push(
                `${JSON.stringify({ verify, name, authority })}: ${heard > before ? 'spoke' : 'said nothing'}`,
              );
          }
    expect(wrong).toEqual([]);
    expect(spoken).toBeGreaterThan(5);
  }, 60_000);
});

interface Q1 extends WholeServer {
  /** Attempts to connect to the far broker so far. */
  attempts(): number;
}

async function startQ1(): Promise<Q1> {
  let attempts = 0;
  const real = createLinkBroker(loadConfig({ set: [] }).config);
  const server = await startWholeServer({
    set: ['env=q1', 'external_ipset_periodic_publish_interval_seconds=0.2'],
    linkBroker: (to) => {
      const broker = real(to);
      return { ...broker, connect: (...args) => ((attempts += 1), broker.connect(...args)) };
    },
  });
  return { ...server, attempts: () => attempts };
}

/** As another server of the same database would: a document may lack what the API asks for. */
async function write({ server }: WholeServer, id: string, connection: JsonObject): Promise<void> {
  const edit = [{ op: 'edit', table: 'link', id, edit: (row: Document) => ({ ...row, connection }) }] as const;
  const result = await server.state.store.commit(edit, { author: 'test' });
  expect(result.ok).toBe(true);
}

async function far({ api }: WholeServer, id: string): Promise<{ readonly state?: string; readonly error?: string }> {
  const { json } = await api('GET', `/api/V2/link/${id}/status`);
  return (json['outbound'] ?? {}) as { readonly state?: string; readonly error?: string };
}
