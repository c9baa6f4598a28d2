import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { client } from '../support/api-client.js';
import { listenTo } from '../support/event-client.js';
import { program, runMain, type MainChild } from '../support/main-child.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const PUBLISHER = 'dog_trainer/publishers_sup/ipset_publisher';
/** A password in the thrown error's text (test/support/throwing-actor.mjs). */
const SECRET = 'hunter2hunter2';

/** Each step rests on a process of its own, on a machine that may be busy. */
const SOON = { timeout: 120_000 } as const;

type Json = Readonly<Record<string, unknown>>;

function logged(child: MainChild, message: string): Json {
  const line = child.out.split('\n').find((each) => each.includes(`"msg":"${message}"`) && each.endsWith('}'));
  expect(line, `${message} in the log; ${child.err}`).toBeDefined();
  return JSON.parse(line as string) as Json;
}

/** A server whose publisher of sets throws over the first message `dirty` after `arm`. */
async function startThrowing() {
  const directory = temporaryDirectory();
  const throwOnce = join(directory, 'throw-once');
  const built = program(true)[0]?.endsWith('/dist/run.js') === true;
  const preload = new URL('../support/throwing-actor.mjs', import.meta.url).href;
  const child = runMain(
    ['start', '--data', directory, ...['api.port=0', 'metrics.port=0', 'log.level=debug'].flatMap((s) => ['--set', s])],
    {
      NODE_OPTIONS: `--import ${preload}`,
      THROWING_FROM: new URL(built ? '../../dist/' : '../../src/', import.meta.url).href,
      THROW_ONCE: throwOnce,
    },
  );
  const listening = await vi.waitFor(() => logged(child, 'listening'), SOON);
  const { api, metrics } = listening as unknown as Record<'api' | 'metrics', string>;
  return { child, url: api, metrics, api: client(api), arm: () => writeFileSync(throwOnce, '') };
}

describe('a crash in a server process', { timeout: 300_000 }, () => {
  it('is seen whole in the log, the API, the events, the metrics and dog-trainer tree', async () => {
    const { child, url, metrics, api, arm } = await startThrowing();
    const at = `/api/V2/actors/${encodeURIComponent(PUBLISHER)}`;
    const events = await listenTo(`${url}/api/V2/actors/events?path=${PUBLISHER}&kinds=crashed,restarted`);
    onTestFinished(() => events.close());
    const state = async () => (await api('GET', `${at}/state`)).json as { running: { mailbox: { kinds: Json } } };
    const pid = ((await api('GET', `/api/V2/actors?path=${PUBLISHER}`)).json as Json)['pid'];

    // Two edits wait while it is suspended, so that one is handled and one is left over.
    expect((await api('POST', `${at}/suspend`)).status).toBe(200);
    for (const [index, name] of ['first', 'second'].entries()) {
      expect(
        (await api('POST', '/api/V2/zone', { name, ipv4_addresses: ['192.0.2.1'], ipv6_addresses: [] })).status,
      ).toBe(201);
      await vi.waitFor(async () => expect((await state()).running.mailbox.kinds['dirty']).toBe(index + 1), SOON);
    }
    arm();
    expect((await api('POST', `${at}/resume`)).status).toBe(200);
    const text = 'Error: on purpose, with amqp://dog:***@mq:5672 in its text';
    expect(await events.next()).toMatchObject({
      event: 'crashed',
      data: { path: PUBLISHER, reason: text, last_message: 'dirty' },
    });
    expect(await events.next()).toMatchObject({ event: 'restarted', data: { path: PUBLISHER } });

    const line = await vi.waitFor(() => logged(child, 'an actor crashed'), SOON);
    expect(line).toMatchObject({
      level: 'error',
      actor: 'ipset_publisher',
      pid,
      path: PUBLISHER,
      reason: text,
      last_message: 'dirty',
      state: { dirty: expect.any(Boolean) as boolean, hash: expect.any(String) as string },
      mailbox: { dirty: 1 },
      handled: expect.any(Number) as number,
      uptime_ms: expect.any(Number) as number,
      ancestors: [/publishers_sup/, /dog_trainer>/, /application/].map((p) => expect.stringMatching(p) as string),
      links: [expect.stringContaining('publishers_sup')],
      err: {
        type: 'Error',
        message: expect.stringContaining(text.slice('Error: '.length)) as string,
        stack: expect.stringContaining('throwOnce') as string,
      },
    });
    expect((line['err'] as Json)['stack']).toContain('RangeError: what lies below');
    const ended = await vi.waitFor(() => logged(child, 'a child ended that should not have'), SOON);
    expect(ended).toMatchObject({
      supervisor: 'publishers_sup',
      child: 'ipset_publisher',
      child_pid: pid,
      reason: text,
    });

    const node = (await api('GET', `/api/V2/actors?path=${PUBLISHER}`)).json as Json;
    expect(node).toMatchObject({
      state: expect.stringMatching(/^(waiting|runnable|running)$/) as string,
      restarts: 1,
      last_crash: {
        at: Math.floor(Date.parse(line['time'] as string) / 1000),
        reason: text,
        report: {
          pid,
          stack: expect.arrayContaining([
            expect.stringMatching(/^at .*throwOnce .*throwing-actor\.mjs:\d+/),
            'caused by RangeError: what lies below',
          ]) as string[],
          last_message: line['last_message'],
          state: line['state'],
          mailbox: { length: 1, counted: 1, kinds: line['mailbox'] },
          handled: line['handled'],
          uptime_ms: line['uptime_ms'],
          ancestors: ['publishers_sup', 'dog_trainer', 'dog_trainer application'],
          links: ['publishers_sup'],
          events: null,
        },
      },
    });
    expect(node['pid']).not.toBe(pid);
    expect((await api('GET', `${at}/state`)).json).toMatchObject({ actor: { last_crash: node['last_crash'] } });

    const figures = await (await fetch(`${metrics}/metrics`)).text();
    expect(figures).toMatch(/^dog_trainer_crashes_total\{[^}]*"ipset_publisher"\} 1$/m);
    expect(figures).toMatch(/^dog_trainer_restarts_total\{[^}]*"publishers_sup"\} 1$/m);

    const whole = await runCliInProcess(['tree', '--url', url]);
    expect(whole.out).toMatch(/ipset_publisher .*Error: on purpose, with amqp:\/\/dog:\*\*\*@mq:5672 in its text/);
    const { out, err } = await runCliInProcess(['tree', '--url', url, '--path', PUBLISHER]);
    const report = out.split('\n').slice(2);
    expect([report[0], report[1], report[2], err]).toEqual([
      expect.stringMatching(`^last crash, \\d{4}-.*Z, process ${pid as number}:$`),
      `  ${text}`,
      expect.stringMatching(/^ {4}at .*throwOnce .*throwing-actor\.mjs:\d+/),
      '',
    ]);
    expect(report).toContain('    caused by RangeError: what lies below');
    expect(report).toContain(
      `  while handling: dirty, after ${line['handled'] as number} messages and ${line['uptime_ms'] as number} ms`,
    );
    expect(report).toContain('  messages waiting: 1 (1 dirty)');
    const states = report.flatMap((text) => {
      const [, key = '', value = ''] = /^ {2}state, ([^:]+): (.*)$/.exec(text) ?? [];
      return key === '' ? [] : [[key, JSON.parse(value) as unknown]];
    });
    expect(Object.fromEntries(states)).toEqual(line['state']);
    expect(report).toContain('  below: publishers_sup, dog_trainer, dog_trainer application');
    expect(report).toContain('  linked with: publishers_sup');

    // What it had not handled is not lost: its successor publishes both.
    await vi.waitFor(
      async () =>
        expect((await state()).running).toMatchObject({ state: { dirty: false, sets: expect.any(Number) as number } }),
      SOON,
    );
    expect(child.out + events.text() + JSON.stringify(node) + whole.out + out).not.toContain(SECRET);
    child.process.kill('SIGTERM');
    expect(await child.ended).toBe(0);
  });
});
