import { describe, expect, it } from 'vitest';
import type { Logs } from '../../src/log/create-logger.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { cast, createActorSystem, startGenServer, startSupervisor } from '../../src/otp/index.js';
import type { GenServer, Pid } from '../../src/otp/index.js';
import { virtualSystem } from '../../src/otp/testing/index.js';
import { reportSink } from '../../src/server/reporting/report-sink.js';

type Line = readonly [level: string, fields: Readonly<Record<string, unknown>>, message: string];

/** A server whose state has a secret, which fails when told to. */
class Keeper implements GenServer<never, unknown, { readonly tag: 'fail' | 'note'; readonly body: string }> {
  readonly password = 'hunter2';

  handleCast(_self: unknown, { tag }: { readonly tag: string }): void {
    if (tag === 'fail') throw new Error('odd');
  }

  formatStatus() {
    return { password: 'hidden' };
  }
}

async function bench() {
  const v = virtualSystem();
  const lines: Line[] = [];
  const say =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push([level, fields as Line[1], message]);
  const log = { error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') };
  const logs = { log, crash: say('crash') } as unknown as Logs;
  const report = reportSink(logs, createMetrics({ maxKeys: 100, process: false }));
  const system = createActorSystem({ clock: v.clock, turns: v.turns, report, longMailbox: { high: 5, low: 2 } });
  let pid: Pid | undefined;
  const started = startSupervisor(
    system,
    () => ({
      children: [
        {
          id: 'keeper',
          shutdown: 700,
          start: async ({ parent }) => {
            const result = await startGenServer(system, new Keeper(), { parent, name: 'keeper' });
            if (typeof result === 'object' && 'ok' in result) pid = result.ok;
            return result;
          },
        },
      ],
    }),
    { name: 'sup' },
  );
  await v.run(started);
  return { v, system, pid: () => pid as Pid, take: () => lines.splice(0) };
}

describe('what the actor system reports, in the log', () => {
  it('a start is progress, at debug; so thousands of children fill no log', async () => {
    const { take, pid } = await bench();
    expect(take()).toEqual([
      [
        'debug',
        {
          supervisor: 'sup',
          child: 'keeper',
          child_pid: pid().id,
          restart: 'permanent',
          shutdown: 700,
          type: 'worker',
        },
        'child started',
      ],
    ]);
  });

  it('a crash has place, last message, redacted state and mail by kind, and no bodies; its supervisor says what it did', async () => {
    const { v, system, take, pid } = await bench();
    take();
    await v.advance(3000);
    const dead = pid();
    system.sys.setEvents(dead, true);
    for (const tag of ['fail', 'note', 'note'] as const) cast(system, dead, { tag, body: 'private words' });
    await v.idle();
    const lines = take();
    expect(lines[0]).toMatchObject([
      'crash',
      {
        actor: 'keeper',
        reason: 'Error: odd',
        queued: 2,
        path: 'sup/keeper',
        last_message: 'fail',
        state: { password: 'hidden' },
        mailbox: { note: 2 },
        handled: 1,
        uptime_ms: 3000,
        links: [expect.stringContaining('sup')],
        ancestors: [expect.stringContaining('sup')],
        events: [{ what: 'failed', message: 'fail' }],
      },
      'an actor crashed',
    ]);
    expect(lines[1]).toMatchObject([
      'error',
      { supervisor: 'sup', child: 'keeper', child_pid: dead.id, restart: 'permanent', reason: 'Error: odd' },
      'a child ended that should not have',
    ]);
    expect(lines[2]).toMatchObject(['debug', { child_pid: pid().id }, 'child started']);
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|private words/);
  });

  it('who is suspended, and until when, is a warning; a long mailbox is no more than information', async () => {
    const { v, system, take, pid } = await bench();
    take();
    await v.run(system.sys.suspend(pid(), { resumeAfterMs: 60_000 }));
    const resumesAt = new Date(v.clock.now() + 60_000).toISOString();
    for (let at = 0; at < 6; at++) cast(system, pid(), { tag: 'note', body: '' });
    await v.run(system.sys.resume(pid()));
    await v.idle();
    expect(take()).toEqual([
      ['warn', { actor: 'keeper', resumes_at: resumesAt }, 'an actor is suspended'],
      ['info', { actor: 'keeper', waiting: 5 }, 'a mailbox has grown long'],
      ['warn', { actor: 'keeper', why: 'told' }, 'a suspended actor goes on'],
      ['info', { actor: 'keeper', waiting: 0 }, 'a mailbox is no longer long'],
    ]);
  });
});
