import { join } from 'node:path';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { jsonLines, startTestRelay } from '../support/smtp-relay.js';
import type { TestRelay } from '../support/smtp-relay.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { alertOf, mailConfig, testMailer } from '../support/test-mailer.js';

async function relay(options: Parameters<typeof startTestRelay>[0] = {}): Promise<TestRelay> {
  const started = await startTestRelay(options);
  onTestFinished(() => started.close());
  return started;
}

/** A TCP server that treats each connection as `on` says. */
async function rawServer(
  on: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Reading is how a socket learns that its peer is gone.
    socket.resume();
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    on(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** How long `count` calls of enqueue keep the caller, in milliseconds, the longest of them. */
function longestEnqueue(enqueue: (i: number) => void, count: number): number {
  let longest = 0;
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    enqueue(i);
    longest = Math.max(longest, performance.now() - start);
  }
  return longest;
}

function subjects(mails: TestRelay['mails']) {
  return mails.map((mail) => mail.headers.get('subject') ?? '');
}

describe('trial 23: trouble with mail', { timeout: 60_000 }, () => {
  it('a relay that is down: alerts wait, and arrive once each when it is back', async () => {
    const [port = 0] = await freePorts(1);
    const { mailer, logged } = testMailer(mailConfig(port, ['alerts.retry_limit=1000']));
    const longest = longestEnqueue((i) => mailer.enqueue(alertOf('keepalive_fail', `h${i}`)), 5);
    await vi.waitFor(() => expect(mailer.state()).toMatchObject({ relay: 'away', waiting: 5 }));
    const { mails } = await relay({ port });
    await vi.waitFor(() => expect(mails).toHaveLength(5), { timeout: 20_000 });
    expect(subjects(mails).sort()).toEqual([0, 1, 2, 3, 4].map((i) => `Dog Agents Disconnected: "h${i}"`));
    await vi.waitFor(() => expect(mailer.state()).toEqual({ relay: 'up', waiting: 0, gathered: 0, sent: 5, dead: 0 }));
    expect(logged).toEqual(['the mail relay is away; alerts wait', 'the mail relay answers again']);
    process.stdout.write(`trial 23: down: 5 alerts, 5 mails; the longest enqueue took ${longest.toFixed(2)} ms\n`);
  });

  it.each([
    ['says nothing at all', () => undefined],
    ['greets and then says nothing', (socket: Socket) => void socket.write('220 here\r\n')],
    [
      'drips its greeting for ever',
      (socket: Socket) => {
        const timer = setInterval(() => socket.write('220-wait\r\n'), 50);
        socket.on('close', () => clearInterval(timer));
      },
    ],
  ])('a relay that %s: given up in time, then a dead letter that can be seen', async (_, on) => {
    const { port, sockets } = await rawServer(on);
    const deadLetterFile = join(temporaryDirectory(), 'dead-mail.jsonl');
    const { mailer, metrics } = testMailer(mailConfig(port, ['alerts.timeout_ms=300', 'alerts.retry_limit=2']), {
      deadLetterFile,
    });
    mailer.enqueue(alertOf('hash_fail'));
    await vi.waitFor(() => expect(mailer.state()).toMatchObject({ relay: 'away', waiting: 0, dead: 1 }), {
      timeout: 20_000,
    });
    await mailer.stop();
    expect(jsonLines(deadLetterFile)).toMatchObject([
      { subject: 'Dog Locally Modified On: web1', tries: 3, to: ['ops@example.org'] },
    ]);
    expect(await metrics.registry.metrics()).toMatch(/^dog_trainer_mail_failures_total 3$/m);
    expect(await metrics.registry.metrics()).toMatch(/^alert\{map_key="hash_fail"\} 0$/m);
    await vi.waitFor(() => expect(sockets.size).toBe(0), { timeout: 10_000 });
  });

  it('a relay that refuses TLS: nothing goes out in clear', async () => {
    const { mails, port } = await relay({ onSecure: (_socket, _session, done) => done(new Error('no TLS today')) });
    const { mailer } = testMailer(mailConfig(port, ['smtp_tls=required', 'alerts.retry_limit=1']));
    mailer.enqueue(alertOf('retirement'));
    await vi.waitFor(() => expect(mailer.state()).toMatchObject({ relay: 'away', dead: 1 }), { timeout: 20_000 });
    expect(mails).toEqual([]);
  });

  it('a bad recipient: the others get the mail, and the bad one is seen; all bad: no further try', async () => {
    const { mails, port } = await relay({
      onRcptTo: ({ address }, _session, done) => {
        if (address.startsWith('bad')) done(Object.assign(new Error('no such user'), { responseCode: 550 }));
        else done();
      },
    });
    const { mailer } = testMailer(mailConfig(port, ['smtp_to=bad@example.org,ops@example.org']));
    mailer.enqueue(alertOf('retirement', 'one'));
    await vi.waitFor(() => expect(mailer.state().dead).toBe(1));
    expect(mails.map((mail) => mail.to)).toEqual([['ops@example.org']]);
    expect(mailer.deadLetters()).toMatchObject([
      { to: ['bad@example.org'], reason: 'the relay refused these recipients' },
    ]);

    const allBad = testMailer(mailConfig(port, ['smtp_to=bad1@example.org,bad2@example.org'])).mailer;
    allBad.enqueue(alertOf('retirement', 'two'));
    await vi.waitFor(() => expect(allBad.state().dead).toBe(1));
    expect(allBad.deadLetters()).toMatchObject([{ to: ['bad1@example.org', 'bad2@example.org'], tries: 1 }]);
    expect(allBad.state().relay).toBe('up');
    expect(mails).toHaveLength(1);
  });

  it('a relay that dies after it has the text: never sent twice', async () => {
    let texts = 0;
    const { port } = await rawServer((socket) => {
      socket.write('220 here\r\n');
      let inText = false;
      socket.on('data', (chunk: Buffer) => {
        const said = chunk.toString();
        if (inText) {
          if (!said.endsWith('\r\n.\r\n')) return;
          texts += 1;
          return void socket.destroy();
        }
        if (said.startsWith('DATA')) {
          inText = true;
          socket.write('354 go on\r\n');
        } else socket.write('250 ok\r\n');
      });
    });
    const { mailer } = testMailer(mailConfig(port, ['smtp_tls=none']));
    mailer.enqueue(alertOf('retirement'));
    await vi.waitFor(() => expect(mailer.state()).toMatchObject({ waiting: 0, dead: 1 }));
    expect(mailer.deadLetters()[0]?.reason).toContain('it may have gone out');
    expect(texts).toBe(1);
  });

  it('1,000 hosts lost in a minute: at most one digest a window, each alert once, the caller never waits', async () => {
    const { mails, port } = await relay();
    const windowSeconds = 2;
    const { mailer, metrics } = testMailer(mailConfig(port, [`alerts.digest_window_seconds=${windowSeconds}`]));
    let longest = 0;
    const began = performance.now();
    // The minute, a tenth as long: 1,000 alerts spread over three windows.
    for (let batch = 0; batch < 100; batch++) {
      longest = Math.max(
        longest,
        longestEnqueue((i) => mailer.enqueue(alertOf('keepalive_fail', `h${batch * 10 + i}`)), 10),
      );
      await new Promise((resolve) => setTimeout(resolve, 55));
    }
    await vi.waitFor(
      async () => expect(await metrics.registry.metrics()).toMatch(/^alert\{map_key="keepalive_fail"\} 1000$/m),
      { timeout: 20_000 },
    );
    const digests = mails.filter((mail) => mail.headers.get('subject')?.startsWith('Dog Alerts: '));
    const told = mails.flatMap((mail) =>
      [...`${mail.headers.get('subject')}\n${mail.body}`.matchAll(/"(h\d+)"/g)].map((match) => match[1]),
    );
    expect(new Set(told).size).toBe(1000);
    expect(digests.flatMap((mail) => [...mail.body.matchAll(/"(h\d+)"/g)])).toHaveLength(995);
    expect(mails).toHaveLength(5 + digests.length);
    // As many as windows began in the time that it took, however long that was.
    const windows = Math.ceil((performance.now() - began) / 1000 / windowSeconds);
    expect(digests.length).toBeLessThanOrEqual(windows);
    process.stdout.write(
      `trial 23: 1000 alerts: 5 single mails, ${digests.length} digests in ${windowSeconds} s windows; the longest of 1000 enqueues took ${longest.toFixed(2)} ms\n`,
    );
  });
});
