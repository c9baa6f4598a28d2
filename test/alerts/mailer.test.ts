import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Sending } from '../../src/alerts/mail/smtp-relay.js';
import { loadConfig } from '../../src/config/load.js';
import { imetricsText } from '../../src/metrics/imetrics-text.js';
import { jsonLines, startTestRelay } from '../support/smtp-relay.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { alertOf, mailConfig, testMailer } from '../support/test-mailer.js';
import { virtualSystem } from '../../src/otp/testing/index.js';

async function relay(options: Parameters<typeof startTestRelay>[0] = {}) {
  const started = await startTestRelay(options);
  onTestFinished(() => started.close());
  return started;
}

describe('a mail', () => {
  it.each([
    ['retirement', 'Dog Agent Retired: "web1"', ['86400', 'HostName: "web1"', 'HostKey: key-web1']],
    ['keepalive_fail', 'Dog Agents Disconnected: "web1"', ['1800', 'HostName: "web1"', 'HostKey: key-web1']],
    ['keepalive_recover', 'Dog Agents Reconnected: "web1"', ['1800', 'HostName: web1', 'HostKey: key-web1']],
    [
      'hash_fail',
      'Dog Locally Modified On: web1',
      [
        'HostName: web1',
        'HostKey: key-web1',
        'Host: {"id":"id-web1"',
        'Group: {"id":"g1"',
        'IpsetHashes: abc123',
        'HashStatus: {"name":"web1","id":"id-web1","hash4_ipsets":true',
        '"hash6_iptables":false',
      ],
    ],
    ['hash_recover', 'Dog Back In Control On: web1', ['HostName: web1', 'IpsetHashes: abc123', 'HashStatus: ']],
  ] as const)('%s has its subject, its fields and real headers', async (kind, subject, fields) => {
    const { port, mails } = await relay();
    const { mailer, metrics } = testMailer(
      mailConfig(port, ['smtp_to=ops@example.org,boss@example.org', 'smtp_from=Dog <dog@example.org>']),
    );
    mailer.enqueue(alertOf(kind, 'web1', { differing: ['hash6_iptables'] }));
    await vi.waitFor(() => expect(mails).toHaveLength(1));
    const [mail] = mails;
    expect(mail?.headers.get('subject')).toBe(subject);
    for (const field of fields) expect(mail?.body).toContain(field);
    expect(mail?.to).toEqual(['ops@example.org', 'boss@example.org']);
    expect(mail?.from).toBe('dog@example.org');
    expect(Date.parse(mail?.headers.get('date') ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(mail?.headers.get('message-id')).toMatch(/^<[^<>\s]+@example\.org>$/);
    expect(mail?.headers.get('mime-version')).toBe('1.0');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    await vi.waitFor(async () =>
      expect(await imetricsText(metrics, 'counters')).toMatch(new RegExp(`^alert .*\\b${kind}:1`, 'm')),
    );
    expect(mailer.state()).toMatchObject({ relay: 'up', waiting: 0, sent: 1, dead: 0 });
  });

  it('about hashes says which half matched within the tolerance', async () => {
    const { port, mails } = await relay();
    const { mailer } = testMailer(mailConfig(port));
    const host = {
      name: 'web1',
      hostkey: 'key-web1',
      keepalive_timestamp: 10_000,
      ipset_hash_timestamp: 10_000 - 180,
      iptables_hash_timestamp: 10_000 - 181,
    };
    mailer.enqueue(alertOf('hash_fail', 'web1', { host }));
    mailer.enqueue(alertOf('hash_fail', 'web2', { host: { ...host, ipset_hash_timestamp: '' } }));
    await vi.waitFor(() => expect(mails).toHaveLength(2));
    const bodies = mails.map(({ body }) => body.replaceAll('=\r\n', ''));
    expect(bodies[0]).toContain('"ipset_hash_age_check":true,"iptables_hash_age_check":false');
    expect(bodies[1]).toContain('"ipset_hash_age_check":false,"iptables_hash_age_check":false');
  });

  it('keeps a name in its place, whatever it holds', async () => {
    const { port, mails } = await relay();
    const { mailer } = testMailer(mailConfig(port));
    const names = [
      'x\r\nBcc: evil@example.org\r\n\r\nbody',
      'a"b\\c',
      'ümlaut 名前 \u{1f415}',
      '%n$(reboot)',
      '',
      'n'.repeat(5000),
      'a\u2028Bcc: x\u202e',
    ];
    for (const name of names) mailer.enqueue(alertOf('keepalive_fail', name));
    const config = mailConfig(port, ['alerts.digest_after=100']);
    const second = testMailer(config).mailer;
    for (const name of names) second.enqueue(alertOf('hash_fail', name));
    await vi.waitFor(() => expect(mails).toHaveLength(5 + names.length), { timeout: 20_000 });
    const wanted = mails[0]?.headerLines.map((line) => line.split(':')[0]).sort();
    for (const mail of mails) {
      expect(mail.headerLines.map((line) => line.split(':')[0]).sort()).toEqual(wanted);
      expect(mail.to).toEqual(['ops@example.org']);
      expect(mail.headers.get('subject')?.length).toBeLessThan(200);
    }
    expect(mails.map((mail) => mail.headers.get('subject'))).toContain(
      'Dog Agents Disconnected: "x Bcc: evil@example.org body"',
    );
    expect(mails.map((mail) => mail.headers.get('subject'))).toContain(
      'Dog Agents Disconnected: "ümlaut 名前 \u{1f415}"',
    );
    expect(mails.map((mail) => mail.headers.get('subject'))).toContain('Dog Agents Disconnected: "a\\"b\\\\c"');
  });
});

describe('the way to the relay', () => {
  it.each([
    ['required', {}, true],
    ['opportunistic', {}, true],
    ['opportunistic', { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }, false],
    ['none', {}, false],
    ['implicit', { secure: true }, true],
  ])('smtp_tls %s with a relay of %j', async (mode, options, secure) => {
    const { port, mails } = await relay(options);
    const { mailer } = testMailer(mailConfig(port, [`smtp_tls=${mode}`, 'smtp_username=dog', 'smtp_password=secret']));
    mailer.enqueue(alertOf('retirement'));
    await vi.waitFor(() => expect(mails).toHaveLength(1));
    expect(mails[0]).toMatchObject({ secure, user: 'dog' });
  });

  it('does not send in clear what must be encrypted, nor to a relay with a wrong certificate', async () => {
    const plain = await relay({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'] });
    const selfSigned = await relay();
    const overTls = await relay({ secure: true });
    for (const [port, set, look] of [
      [plain.port, ['smtp_tls=required'], /see smtp_tls \(required, /],
      [selfSigned.port, ['smtp_tls_verify=true'], /see smtp_tls_verify; NODE_EXTRA_CA_CERTS/],
      [plain.port, ['smtp_tls=implicit'], /see smtp_tls \(required, .* and smtp_port$/],
      [overTls.port, ['smtp_tls=implicit', 'smtp_tls_verify=true'], /see smtp_tls_verify/],
    ] as const) {
      const { mailer } = testMailer(mailConfig(port, [...set, 'alerts.retry_limit=1']));
      mailer.enqueue(alertOf('retirement'));
      await vi.waitFor(() => expect(mailer.state()).toMatchObject({ relay: 'away', dead: 1 }));
      expect(mailer.state().reason, set[0]).toMatch(look);
    }
    expect([...plain.mails, ...selfSigned.mails]).toEqual([]);
  });

  it('says why a login fails, without the password', async () => {
    const { port, mails } = await relay();
    const directory = temporaryDirectory();
    const deadLetterFile = join(directory, 'dead-mail.jsonl');
    const { mailer, logged } = testMailer(
      mailConfig(port, ['smtp_username=dog', 'smtp_password=hunter2', 'alerts.retry_limit=2']),
      { deadLetterFile },
    );
    mailer.enqueue(alertOf('hash_fail'));
    await vi.waitFor(() => expect(mailer.state().dead).toBe(1));
    await mailer.stop();
    expect(mails).toEqual([]);
    expect(mailer.deadLetters()[0]).toMatchObject({
      subject: 'Dog Locally Modified On: web1',
      tries: 3,
      carries: { hash_fail: 1 },
    });
    expect(jsonLines(deadLetterFile)).toEqual(JSON.parse(JSON.stringify(mailer.deadLetters())));
    expect(JSON.stringify([mailer.deadLetters(), mailer.state(), logged])).not.toContain('hunter2');
  });
});

describe('without a relay, a sender or recipients', () => {
  it.each(['smtp_relay=', 'smtp_from=', 'smtp_to='])('%s: alerts are logged only', async (unset) => {
    const { mailer, logged } = testMailer(mailConfig(1, [unset]));
    mailer.enqueue(alertOf('retirement'));
    expect(mailer.state()).toEqual({ relay: 'off', waiting: 0, gathered: 0, sent: 0, dead: 0 });
    await vi.waitFor(() => expect(logged).toHaveLength(1));
    expect(await mailer.stop()).toBe(0);
  });
});

/** The subject of a mail, unfolded. */
function subjectOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes)
    .toString()
    .replace(/\r\n[ \t]+/g, ' ');
  return /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '';
}

describe('in virtual time', () => {
  function virtual(set: readonly string[], sendings: (attempt: number) => Sending) {
    const v = virtualSystem();
    const { system, clock } = v;
    const start = clock.monotonic();
    const tries: number[] = [];
    const subjects: string[] = [];
    const { config } = loadConfig({ set: ['smtp_relay=h', 'smtp_from=a@b', 'smtp_to=c@d', ...set] });
    const { mailer } = testMailer(config, {
      system,
      random: () => 0,
      send: async (mail) => {
        tries.push((clock.monotonic() - start) / 1000);
        const sending = sendings(tries.length);
        if (sending.result === 'sent') subjects.push(subjectOf(mail.bytes));
        return sending;
      },
    });
    // Writing a mail takes real time, if little.
    const settle = async () => {
      await v.idle();
      await new Promise<void>((resolve) => setTimeout(resolve, 5));
      await v.idle();
    };
    return {
      mailer,
      stop: () => v.run(mailer.stop()),
      tries,
      subjects,
      advance: (seconds: number) => clock.advance(seconds * 1000, settle),
      settle,
      jump: (ms: number) => clock.jump(ms),
    };
  }
  const sent: Sending = { result: 'sent', refused: [] };

  it('a try that failed is made again after 5, 10, 20 seconds and so on, up to the longest wait', async () => {
    const { mailer, tries, advance, settle } = virtual(['alerts.retry_limit=8'], () => ({
      result: 'later',
      away: true,
      reason: 'down',
    }));
    mailer.enqueue(alertOf('retirement'));
    await settle();
    await advance(3000);
    expect(tries).toEqual([0, 5, 15, 35, 75, 155, 315, 615, 915]);
    expect(mailer.state()).toMatchObject({ relay: 'away', reason: 'down', waiting: 0, dead: 1 });
  });

  it('a mail that is refused for now lets the others pass', async () => {
    const { mailer, subjects, advance, settle } = virtual([], (attempt) =>
      attempt === 1 ? { result: 'later', away: false, reason: 'greylisted' } : sent,
    );
    mailer.enqueue(alertOf('retirement', 'first'));
    mailer.enqueue(alertOf('retirement', 'second'));
    await settle();
    await settle();
    expect(subjects).toEqual(['Dog Agent Retired: "second"']);
    await advance(6);
    expect(subjects).toEqual(['Dog Agent Retired: "second"', 'Dog Agent Retired: "first"']);
  });

  it('a storm costs a few mails and then one a window; after a quiet window alerts go singly again', async () => {
    const { mailer, subjects, advance, settle } = virtual(['alerts.digest_after=2'], () => sent);
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 100; i++)
        mailer.enqueue(alertOf(i % 2 === 0 ? 'keepalive_fail' : 'hash_fail', `h${minute}-${i}`));
      await advance(60);
    }
    await settle();
    expect(subjects).toEqual([
      'Dog Agents Disconnected: "h0-0"',
      'Dog Locally Modified On: h0-1',
      'Dog Alerts: 98 in 60 seconds (49 disconnected, 49 locally modified)',
      'Dog Alerts: 100 in 60 seconds (50 disconnected, 50 locally modified)',
      'Dog Alerts: 100 in 60 seconds (50 disconnected, 50 locally modified)',
    ]);
    await advance(120);
    mailer.enqueue(alertOf('keepalive_fail', 'later'));
    await settle();
    await settle();
    expect(subjects.at(-1)).toBe('Dog Agents Disconnected: "later"');
  });

  it('what waits is bounded, and what is left at the end is kept', async () => {
    const set = ['alerts.queue_max=3', 'alerts.digest_after=10', 'alerts.dead_letters_max=4'];
    const { mailer, stop, settle } = virtual(set, () => ({ result: 'later', away: true, reason: 'down' }));
    for (let i = 0; i < 20; i++) mailer.enqueue(alertOf('keepalive_fail', `h${i}`));
    await settle();
    expect(mailer.state()).toMatchObject({ waiting: 3, gathered: 10, dead: 4 });
    expect(await stop()).toBe(4);
    expect(mailer.deadLetters()).toHaveLength(4);
    expect(mailer.deadLetters().at(-1)?.subject).toBe('Dog Alerts: 10 in 60 seconds (10 disconnected)');
  });

  it('waits do not follow a clock that jumps', async () => {
    const { mailer, tries, advance, settle, jump } = virtual([], (attempt) =>
      attempt === 1 ? { result: 'later', away: true, reason: 'down' } : sent,
    );
    mailer.enqueue(alertOf('retirement'));
    await settle();
    jump(-86_400_000);
    await advance(6);
    expect(tries).toEqual([0, 5]);
  });

  it('an alert that may have gone out is not sent again', async () => {
    const { mailer, tries, advance, settle } = virtual([], () => ({ result: 'never', reason: 'it may have gone out' }));
    mailer.enqueue(alertOf('retirement'));
    await settle();
    await advance(1000);
    expect(tries).toEqual([0]);
    expect(mailer.deadLetters()).toMatchObject([{ reason: 'it may have gone out', tries: 1 }]);
  });
});
