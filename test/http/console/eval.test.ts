import { describe, expect, it, onTestFinished } from 'vitest';
import { consoleEval } from '../../../src/http/admin/eval/console-eval.js';
import { evalContext } from '../../../src/http/admin/eval/eval-context.js';
import type { EvalTimes } from '../../../src/http/admin/eval/evaluate.js';
import { MOST_SHOWN } from '../../../src/http/admin/eval/show-value.js';
import { createActorSystem, type Report, watchFaults } from '../../../src/otp/index.js';
import { createSqliteStore } from '../../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../../src/store/store.js';
import { FakeRuntime } from '../../support/fake-runtime.js';
import { until } from '../../support/whole-server.js';

/** So long that a busy machine stops nothing, and so short that waiting for the end is no burden. */
const LONG = { runMs: 30_000, showMs: 30_000, settleMs: 30_000 };
const SHORT = { runMs: 200, showMs: 200, settleMs: 200 };

/** An evaluation on a real actor system and store. */
async function evaluation({ times = LONG, commit }: { times?: EvalTimes; commit?: Store['commit'] } = {}) {
  const reports: Report[] = [];
  const system = createActorSystem({ report: (report) => void reports.push(report) });
  const unowned: unknown[] = [];
  const watch = watchFaults(system, (error) => void unowned.push(error));
  onTestFinished(() => watch.close());
  const store = await createSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  const lines: (object & { readonly message: string })[] = [];
  const note = (fields: object, message: string) => void lines.push({ ...fields, message });
  const run = consoleEval({
    system,
    clock: { now: () => 1_000_500 },
    store: { commit: commit ?? ((changes, by) => store.commit(changes, by)) },
    log: { warn: note, error: note },
    author: 'local operator',
    times,
  });
  const names = evalContext({ operations: new FakeRuntime(), hosts: async () => [{ id: '1', name: 'web1' }] });
  return { evaluates: (code: string) => run(code, names), store, lines, reports, unowned };
}

describe('eval of the console', () => {
  it('gives the value of code, and what becomes of a promise', async () => {
    const { evaluates } = await evaluation();
    expect(await evaluates('const a = 2; a * 21')).toEqual({ ok: true, shown: '42' });
    expect(await evaluates('operations.fleet.status().summary')).toEqual({ ok: true, shown: "'all is well'" });
    expect(await evaluates('hosts().then(([{ name }]) => name)')).toEqual({ ok: true, shown: "'web1'" });
    expect(await evaluates('a')).toEqual({ ok: false, reason: 'it threw ReferenceError: a is not defined' });
  });

  it('has names that read alone', async () => {
    const { evaluates } = await evaluation();
    const { shown } = (await evaluates('[Object.keys(operations), Object.keys(operations.actors)].join()')) as {
      readonly shown: string;
    };
    expect(shown).toBe("'tree,actors,alarms,refusedHosts,drift,fleet,publishing,readiness,standing,list,status'");
    for (const name of ['process', 'require', 'setTimeout', 'store'])
      expect(await evaluates(`typeof ${name}`)).toEqual({ ok: true, shown: "'undefined'" });
  });

  it.each([
    ['throw new TypeError("no")', 'it threw TypeError: no'],
    ['throw { a: 1 }', 'it threw { a: 1 }'],
    ['Promise.reject(new Error("later"))', 'it threw Error: later'],
    ['1 +', 'it threw SyntaxError: Unexpected end of input'],
    ["import('node:fs')", 'it threw TypeError: A dynamic import callback was not specified.'],
    ['throw undefined', 'it threw undefined'],
  ])('answers %s with why there is no value', async (code, reason) => {
    const { evaluates, unowned } = await evaluation();
    expect(await evaluates(code)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
    expect(await evaluates('1')).toEqual({ ok: true, shown: '1' });
    expect(unowned).toEqual([]);
  });

  it.each([
    ['for (;;);', 'it was stopped after 200 ms'],
    ['operations.tree({ get path() { for (;;); } })', 'it was stopped after 200 ms'],
    ['new Promise(() => {})', 'its promise was still open after 200 ms'],
    ['throw Object.defineProperty(new Error(), "message", { get() { for (;;); } })', 'it threw something that'],
  ])('stops %s, and goes on', async (code, reason) => {
    const { evaluates, unowned } = await evaluation({ times: SHORT });
    expect(await evaluates(code)).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
    expect(unowned).toEqual([]);
  });

  it('cuts what is large', async () => {
    const { evaluates } = await evaluation();
    const shown = async (code: string): Promise<string> => {
      const outcome = await evaluates(code);
      return outcome.ok ? outcome.shown : outcome.reason;
    };
    const many = await shown('Object.fromEntries(Array.from({ length: 20000 }, (_, n) => ["key" + n, n]))');
    expect(many.length).toBeLessThan(MOST_SHOWN + 50);
    expect(many).toMatch(/\n\.\.\. and \d+ characters more$/);
    expect((await shown('"x".repeat(1e8)')).length).toBeLessThan(MOST_SHOWN + 50);
    expect((await shown('throw new Error("x".repeat(1e6))')).length).toBeLessThan(MOST_SHOWN + 50);
    expect(await shown('new Array(1e6).fill(1)')).toContain('more items');
    expect(await shown('({ a: { b: { c: { d: { e: { f: 1 } } } } } })')).toContain('[Object]');
    // Code of the value itself is not run to show it.
    expect(await shown('({ [Symbol.for("nodejs.util.inspect.custom")]() { for (;;); } })')).toContain('custom');
  });

  it('stops what takes too long to be shown', async () => {
    const { evaluates } = await evaluation({ times: { ...LONG, showMs: 1 } });
    // Showing it takes a second or more: the one who stops it may be late, but not that late.
    const wide = 'const l = Array(5e5).fill(0).map((_, n) => "k" + n); Object.fromEntries(l.map((k) => [k, { k }]))';
    expect(await evaluates(wide)).toEqual({ ok: false, reason: 'it was stopped after 1 ms' });
  });

  it('is in log and audit trail before it begins, each time, without credentials of URLs', async () => {
    const { evaluates, store, lines } = await evaluation();
    await evaluates('throw 1');
    await evaluates('1');
    await evaluates('1');
    await evaluates("'amqp://dog:secret@host'");
    const audit = await store.audit({ limit: 10 });
    const entry = (code: string) => ({
      table: 'setting',
      id: 'console_eval',
      author: 'local operator',
      after: { code, author: 'local operator', at: 1000 },
    });
    expect(audit).toMatchObject([entry("'amqp://dog:***@host'"), entry('1'), entry('1'), entry('throw 1')]);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toEqual({
      code: 'throw 1',
      author: 'local operator',
      message: 'the console evaluates code in this server',
    });
  });

  it('is done also where the store cannot write it down, and the log says so', async () => {
    const { evaluates, lines } = await evaluation({ commit: () => Promise.reject(new Error('it is away')) });
    expect(await evaluates('1')).toEqual({ ok: true, shown: '1' });
    expect(lines.map(({ message }) => message)).toEqual([
      'the console evaluates code in this server',
      'code of the console could not be written to the audit trail',
    ]);
  });

  it('has what it leaves behind blamed on a process of its own', async () => {
    const { evaluates, reports, unowned } = await evaluation();
    expect(await evaluates('Promise.reject(new Error("nobody waits")); 1')).toEqual({ ok: true, shown: '1' });
    await until(() => reports.some(({ kind }) => kind === 'late_fault' || kind === 'crash'), 'the report');
    const slow = 'operations.tree.constructor("f", "setTimeout(f, 20)")(() => { throw new Error("later") }); hosts()';
    expect(await evaluates(slow)).toMatchObject({ ok: true });
    await until(() => reports.filter(({ kind }) => kind === 'late_fault' || kind === 'crash').length === 2, 'another');
    expect(unowned).toEqual([]);
  });
});
