import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { AlertChannel } from '../../../src/alerts/alert-channel.js';
import { attempt } from '../../../src/alerts/attempt.js';
import { digestNotice, singleNotice } from '../../../src/alerts/notice.js';
import { WEBHOOK } from '../../../src/alerts/webhook/webhook.js';
import { loadConfig } from '../../../src/config/load.js';
import { makeCertificates, type Certificates } from '../../support/certificates.js';
import { freePorts } from '../../../src/bench/peers/free-ports.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';
import { alertOf } from '../../support/test-mailer.js';
import { webhookReceiver } from '../../support/webhook-receiver.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLDER = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;

function channel(url: string, set: readonly string[] = [], now = 1_700_000_000_123): AlertChannel {
  const { config } = loadConfig({
    set: [`webhook.url=${url}`, `webhook.secret=${SECRET}`, 'env=q1', 'alerts.timeout_ms=20000', ...set],
  });
  const open = WEBHOOK.open(config, { now: () => now });
  if (open === undefined) throw new Error('the channel is off');
  return open;
}
function mac(secret: string, text: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
}
const NOTICE = singleNotice(alertOf('hash_fail', 'web\u202e1\n', { differing: ['hash4_iptables'] }));

describe('what is posted', () => {
  it('is JSON, signed with id and time by each secret', async () => {
    const receiver = await webhookReceiver();
    const hook = channel(`http://127.0.0.1:${receiver.port}/in?key=k`, [`webhook.previous_secret=${OLDER}`]);
    await hook.deliver(NOTICE);
    const [post] = receiver.posts;
    const id = post?.headers['webhook-id'];
    expect(post).toMatchObject({
      path: '/in?key=k',
      headers: { 'content-type': 'application/json', 'webhook-timestamp': '1700000000' },
    });
    const signed = `${String(id)}.1700000000.${post?.body ?? ''}`;
    expect(post?.headers['webhook-signature']).toBe(`${mac(SECRET, signed)} ${mac(OLDER, signed)}`);
    expect(JSON.parse(post?.body ?? '')).toEqual({
      type: 'alert.hash_fail',
      timestamp: '2023-11-14T22:13:20.123Z',
      data: {
        env: 'q1',
        headline: 'Dog Locally Modified On: web 1',
        counts: { hash_fail: 1 },
        alert: {
          kind: 'hash_fail',
          host: 'web 1',
          hostkey: 'key-web 1',
          group: 'web',
          differing: ['hash4_iptables'],
          text: 'locally modified: "web 1", group web, hostkey key-web 1',
        },
      },
    });
  });

  it('is the same, id included, on each try of a notice, and another for another', async () => {
    const receiver = await webhookReceiver();
    receiver.answers.push(503);
    const hook = channel(`http://127.0.0.1:${receiver.port}/`);
    await attempt(hook, NOTICE);
    await attempt(hook, NOTICE);
    await attempt(hook, singleNotice(alertOf('hash_fail')));
    const ids = receiver.posts.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
    expect(receiver.posts[0]?.body).toBe(receiver.posts[1]?.body);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('names at most 500 alerts of a digest, and counts the others', async () => {
    const receiver = await webhookReceiver();
    const alerts = Array.from({ length: 501 }, (_, n) => alertOf('retirement', `h${n}`));
    const unnamed = new Map([['hash_fail' as const, 3]]);
    await channel(`http://127.0.0.1:${receiver.port}/`).deliver(digestNotice({ alerts, unnamed }, 60));
    const { type, data } = JSON.parse(receiver.posts[0]?.body ?? '') as { type: string; data: Record<string, unknown> };
    expect([type, data['seconds'], data['counts'], (data['alerts'] as unknown[]).length, data['more']]).toEqual([
      'digest',
      60,
      { hash_fail: 3, retirement: 501 },
      500,
      4,
    ]);
  });
});

describe('what the receiver answers', () => {
  it.each([
    [200, { result: 'delivered' }],
    [204, { result: 'delivered' }],
    [400, { result: 'never', reason: 'the receiver answered 400: it does not want this one' }],
    [401, { result: 'later', away: true, reason: 'the receiver answered 401; see webhook.url and webhook.secret' }],
    [404, { result: 'later', away: true, reason: 'the receiver answered 404; see webhook.url and webhook.secret' }],
    [429, { result: 'later', away: true, reason: 'the receiver answered 429' }],
    [503, { result: 'later', away: true, reason: 'the receiver answered 503' }],
  ])('%s', async (status, outcome) => {
    const receiver = await webhookReceiver();
    receiver.answers.push(status);
    expect(await attempt(channel(`http://127.0.0.1:${receiver.port}/`), NOTICE)).toEqual(outcome);
  });

  it('a redirect is not followed', async () => {
    const [receiver, other] = [await webhookReceiver(), await webhookReceiver()];
    receiver.answers.push({ status: 307, location: `http://127.0.0.1:${other.port}/` });
    const outcome = await attempt(channel(`http://127.0.0.1:${receiver.port}/`), NOTICE);
    expect(outcome).toMatchObject({
      result: 'later',
      away: true,
      reason: expect.stringContaining('redirects') as string,
    });
    expect(other.posts).toEqual([]);
  });

  it('nothing, a cut connection and no listener are tried again, and the reason holds no secret', async () => {
    const receiver = await webhookReceiver();
    receiver.answers.push('cut');
    const cut = await attempt(channel(`http://127.0.0.1:${receiver.port}/SECRETPATH`), NOTICE);
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const silentAt = `http://127.0.0.1:${(silent.address() as { port: number }).port}/SECRETPATH`;
    const mute = await attempt(channel(silentAt, ['alerts.timeout_ms=50']), NOTICE);
    const none = await attempt(channel(`http://127.0.0.1:${(await freePorts(1))[0]}/SECRETPATH`), NOTICE);
    expect([cut, mute, none]).toEqual([
      expect.objectContaining({ result: 'later', away: true }),
      { result: 'later', away: true, reason: 'no answer after 50 ms' },
      expect.objectContaining({
        result: 'later',
        away: true,
        reason: expect.stringMatching(/see webhook\.url$/) as string,
      }),
    ]);
    expect(JSON.stringify([cut, mute, none])).not.toMatch(/SECRETPATH|whsec_/);
  });
});

describe('TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dog-test-'));
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const files = ({ cert, key }: { readonly cert: string; readonly key: string }) => ({
    cert: readFileSync(cert),
    key: readFileSync(key),
  });

  it('delivers where the certificate is good for the name', async () => {
    const receiver = await webhookReceiver(files(made.local));
    const hook = channel(`https://localhost:${receiver.port}/`, [`webhook.cacertfile=${made.ca}`]);
    expect(await attempt(hook, NOTICE)).toEqual({ result: 'delivered' });
  });

  it('sends nothing where it is for another name, of another authority, or there is no TLS', async () => {
    const [other, plain] = [await webhookReceiver(files(made.server)), await webhookReceiver()];
    const local = await webhookReceiver(files(made.local));
    const ca = `webhook.cacertfile=${made.ca}`;
    const strange = `webhook.cacertfile=${made.stranger.ca}`;
    const reasons = [
      await attempt(channel(`https://localhost:${other.port}/`, [ca]), NOTICE),
      await attempt(channel(`https://localhost:${local.port}/`, [strange]), NOTICE),
      await attempt(channel(`https://localhost:${plain.port}/`, [ca]), NOTICE),
    ].map((outcome) => ('reason' in outcome ? outcome.reason.replace(/^.*; see/, 'see') : outcome.result));
    expect(reasons).toEqual([
      'see webhook.url, whose name must be in the certificate',
      'see webhook.cacertfile',
      'see webhook.url: is it https there?',
    ]);
    expect([...other.posts, ...local.posts, ...plain.posts]).toEqual([]);
  });

  it('reads the file of authorities anew for each delivery, and waits while it is not there', async () => {
    const receiver = await webhookReceiver(files(made.local));
    const file = join(temporaryDirectory(), 'ca.crt');
    const hook = channel(`https://localhost:${receiver.port}/`, [`webhook.cacertfile=${file}`]);
    expect(await attempt(hook, NOTICE)).toMatchObject({ result: 'later', away: true });
    writeFileSync(file, readFileSync(made.ca));
    expect(await attempt(hook, NOTICE)).toEqual({ result: 'delivered' });
    rmSync(file);
  });
});

describe('private addresses', () => {
  it('are refused where they are not wanted, also behind a name', async () => {
    const receiver = await webhookReceiver();
    const hook = channel(`http://localhost:${receiver.port}/`, ['webhook.private_addresses=false']);
    expect(await attempt(hook, NOTICE)).toMatchObject({
      result: 'later',
      reason: expect.stringMatching(/^localhost is (127\.0\.0\.1|::1), no public address/) as string,
    });
    expect(receiver.posts).toEqual([]);
  });

  it.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '[::ffff:10.0.0.1]', '[fd00::1]', '[::1]', '0.0.0.0'])(
    '%s is one, and refused at the start',
    (host) => {
      const url = `https://${host}/`;
      expect(() => channel(url, ['webhook.private_addresses=false'])).toThrow(/must be a public address/);
    },
  );
});

describe('its configuration', () => {
  it('is refused without a secret, with a short one, and in clear to another machine', () => {
    const load = (...set: string[]) => loadConfig({ set });
    expect(() => load('webhook.url=https://x.example/')).toThrow(/webhook\.secret.*must be given too/s);
    expect(() => load('webhook.url=https://x.example/', 'webhook.secret=whsec_c2hvcnQ=')).toThrow(/webhook\.secret/);
    expect(() => channel('http://x.example/')).toThrow(/must begin with https/);
    expect(() => channel('https://user:pw@x.example/')).toThrow(/without user, password/);
  });

  it('never shows the URL or the secret in an error', () => {
    const said = (url: string, set: readonly string[] = []) => {
      try {
        channel(url, set);
        return 'nothing';
      } catch (error) {
        return String(error);
      }
    };
    const all = [
      said('http://x.example/SECRETPATH'),
      said('ftp://x.example/SECRETPATH'),
      said('https://x.example/SECRETPATH', ['webhook.previous_secret=whsec_SHORT']),
      said('https://x.example/SECRETPATH', [`webhook.secret=whsec_${'SHORT'.repeat(20)}`]),
    ];
    expect(all.map((text) => /webhook\.\w+/.exec(text)?.[0])).toEqual([
      'webhook.url',
      'webhook.url',
      'webhook.previous_secret',
      'webhook.secret',
    ]);
    expect(all.join()).not.toMatch(/SECRETPATH|SHORT/);
  });
});
