import { describe, expect, it } from 'vitest';
import { cast, startGenServer, startSupervisor } from '../../../src/otp/index.js';
import type { CrashReport, Pid, Self } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import type { VirtualSystem } from '../../../src/otp/testing/index.js';
import { Recorder, startOne } from './recorder.js';

function crashes(v: VirtualSystem): readonly CrashReport[] {
  return v.reports.filter((report) => report.kind === 'crash');
}

describe('crash reports', () => {
  it('have the last kind of message, redacted state, mail by kind, links, ancestors, age and events', async () => {
    const v = virtualSystem();
    let worker: Pid | undefined;
    const root = await v.run(
      startSupervisor(
        v.system,
        () => ({
          children: [
            {
              id: 'inner',
              type: 'supervisor',
              start: ({ parent }) =>
                startSupervisor(
                  v.system,
                  () => ({
                    children: [
                      {
                        id: 'worker',
                        start: async (context) => {
                          const of = { parent: context.parent, name: 'worker' };
                          const started = await startGenServer(v.system, new Recorder(v), of);
                          if (typeof started === 'object' && 'ok' in started) worker = started.ok;
                          return started;
                        },
                      },
                    ],
                  }),
                  { parent, name: 'inner' },
                ),
            },
          ],
        }),
        { name: 'root' },
      ),
    );
    const pid = worker!;
    v.system.sys.setEvents(pid, true);
    const friend = await startOne(v, new Recorder(v));
    v.system.link(pid, friend);
    await v.advance(2000);
    const error = new Error('odd');
    cast(v.system, pid, { tag: 'note', what: 'a secret of a body' });
    cast(v.system, pid, { tag: 'fail', error });
    for (let at = 0; at < 3; at++) cast(v.system, pid, { tag: 'note', what: 'left' });
    v.system.send(pid, { tag: 'other' });
    await v.idle();
    const [report] = crashes(v);
    const inner = report?.detail.ancestors[0];
    const at = v.clock.now();
    expect(report).toEqual({
      kind: 'crash',
      pid,
      reason: { error },
      queued: 4,
      detail: {
        at,
        path: 'root/inner/worker',
        ancestors: [inner, (root as { ok: Pid }).ok],
        links: [inner, friend],
        lastMessage: 'fail',
        state: { seen: 1 },
        mailbox: { length: 4, counted: 4, kinds: { note: 3, other: 1 } },
        handled: 2,
        uptimeMs: 2000,
        events: [
          { at, what: 'done', message: 'note', ms: 0 },
          { at, what: 'failed', message: 'fail', ms: 0 },
        ],
      },
    });
    expect(inner?.label).toBe('inner');
    expect(JSON.stringify(report)).not.toContain('secret');
    expect(v.system.crashes.lastOf('root/inner/worker')).toBe(report);
  });

  it('count at most a thousand messages of a long mailbox', async () => {
    const v = virtualSystem();
    const pid = await startOne(v, new Recorder(v));
    cast(v.system, pid, { tag: 'fail', error: new Error('odd') });
    for (let at = 0; at < 3000; at++) cast(v.system, pid, { tag: 'note', what: 'left' });
    await v.idle();
    expect(crashes(v)[0]?.detail.mailbox).toEqual({ length: 3000, counted: 1000, kinds: { note: 1000 } });
  });

  it('name the message of an asynchronous handler, of a fault from outside, and none of a failed init', async () => {
    const v = virtualSystem();
    const rejecting = await startOne(v, { handleCast: () => Promise.reject(new Error('late')) });
    cast(v.system, rejecting, { tag: 'fetch' });
    await v.idle();
    const faulty = await startOne(v, new Recorder(v));
    cast(v.system, faulty, { tag: 'note', what: 'a' });
    await v.idle();
    v.system.fault(faulty, new Error('outside'));
    const init = (_self: Self): void => {
      throw new Error('in init');
    };
    await v.run(startGenServer(v.system, { init }, { label: 'unready' }));
    expect(crashes(v).map(({ detail }) => [detail.path, detail.lastMessage, detail.handled])).toEqual([
      ['server', 'fetch', 1],
      ['server', 'note', 1],
      ['unready', undefined, 0],
    ]);
  });

  it('have the path that the tree shows: what started the topmost supervisor is an ancestor, not a part of it', async () => {
    const v = virtualSystem();
    const application = await startOne(v, {}, { label: 'application', trapExit: true });
    const children = [
      {
        id: 'worker',
        start: ({ parent }: { readonly parent: Pid }) =>
          startGenServer(v.system, new Recorder(v), { parent, name: 'worker' }),
      },
    ];
    const root = await v.run(startSupervisor(v.system, () => ({ children }), { name: 'root', parent: application }));
    v.system.fault(v.system.whereis('worker') as Pid, new Error('odd'));
    const [report] = crashes(v);
    expect(report?.detail.path).toBe('root/worker');
    expect(report?.detail.ancestors).toEqual([(root as { readonly ok: Pid }).ok, application]);
  });

  it('are not written of orderly ends and kills', async () => {
    const v = virtualSystem();
    for (const reason of ['normal', 'shutdown', { shutdown: 1 }] as const) {
      const pid = await startOne(v, { handleCast: (self: Self) => self.stop(reason) });
      cast(v.system, pid, { tag: 'stop' });
    }
    const killed = await startOne(v, new Recorder(v));
    v.system.exit(killed, 'kill', killed);
    await v.idle();
    expect([crashes(v), v.system.crashes.total]).toEqual([[], 0]);
  });

  it('are kept: the newest hundred, newest first, and the last of each actor', async () => {
    const v = virtualSystem();
    for (let at = 0; at < 120; at++) {
      const pid = await startOne(v, new Recorder(v), { label: `w${at % 110}` });
      v.system.fault(pid, new Error(`${at}`));
    }
    const { crashes: book } = v.system;
    const numbers = book.newest().map(({ reason }) => (reason as { error: Error }).error.message);
    expect([book.total, numbers.length, numbers[0], numbers[99]]).toEqual([120, 100, '119', '20']);
    expect(book.newest(2).map(({ pid }) => pid.label)).toEqual(['w9', 'w8']);
    expect(book.newest(0)).toEqual([]);
    expect(book.lastOf('w3')?.reason).toEqual({ error: new Error('113') });
    expect(book.lastOf('w109')?.reason).toEqual({ error: new Error('109') });
    expect(book.lastOf('nobody')).toBeUndefined();
  });

  it('of more than a thousand actors: those that crashed most lately', async () => {
    const v = virtualSystem();
    const crash = async (label: string): Promise<void> => {
      v.system.fault(await startOne(v, {}, { label }), new Error('odd'));
    };
    for (let at = 0; at < 1000; at++) await crash(`w${at}`);
    await crash('w0');
    await crash('w1000');
    expect(['w0', 'w1', 'w1000'].map((path) => v.system.crashes.lastOf(path) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
