import { describe, expect, it } from 'vitest';
import { runMain } from '../support/main-child.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { startWholeServer, until } from '../support/whole-server.js';

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('events', () => {
  it('tells what happened and what happens, over a restart of the server too', { timeout: 120_000 }, async () => {
    const first = await startWholeServer();
    const { group } = await first.group('web');
    const url = first.server.listening.api;
    const published = (name: string): RegExp => new RegExp(`^\\S+Z {2}ruleset_published .*group=${name}$`, 'm');

    const past = await runCliInProcess(['events', '--url', url]);
    expect([past.code, past.err]).toEqual([0, '']);
    expect(past.out).toMatch(published('web'));
    const some = await runCliInProcess(['events', '--json', '--kinds', 'ruleset_published', '--url', url]);
    const parsed = some.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed[0]).toMatchObject({ kind: 'ruleset_published', group_id: group, group: 'web' });
    expect(new Set(parsed.map(({ kind }) => kind))).toEqual(new Set(['ruleset_published']));
    const actors = await runCliInProcess(['events', '--actors', '--url', url]);
    expect([actors.code, actors.err]).toEqual([0, '']);

    const live = runMain(['events', '-f', '--url', url]);
    await until(() => published('web').test(live.out), 'what happened before');
    first.server.state.alarms.show('test.alarm', 'it hurts');
    await until(() => /^\S+Z {2}alarm_set {2}alarm=test\.alarm {2}text=it hurts$/m.test(live.out), 'the alarm');
    first.server.state.alarms.show('test.alarm', undefined);
    await until(() => live.out.includes('alarm_cleared'), 'its end');
    await first.group('db');
    await until(() => published('db').test(live.out), 'a publish');

    const before = live.out;
    await first.stop();
    await until(() => live.err.includes('asking again'), 'a word that the server is away');
    const second = await startWholeServer({ data: first.data, set: [`api.port=${new URL(url).port}`] });
    await second.group('cache');
    await until(() => published('cache').test(live.out), 'what happens after the restart');
    // The new server has none of the events from before, and says so; those are not told twice.
    const after = live.out.slice(before.length);
    expect(after).toMatch(/^- {2}lost {2}events missed: not known how many$/m);
    expect(count(live.out, 'alarm_set  alarm=test.alarm')).toBe(1);
    expect(live.out.match(/policy_edit {2}change=created {2}resource=group .*name=web /g)).toHaveLength(1);
    live.process.kill('SIGINT');
    expect(await live.ended).toBe(0);
  });

  it(
    'ends quietly, followed or printed by top, when the reader of its pipe is gone',
    { timeout: 120_000 },
    async () => {
      const whole = await startWholeServer();
      await whole.group('web');
      const url = whole.server.listening.api;
      for (const args of [
        ['events', '-f'],
        ['tree', '--watch', '1'],
      ]) {
        const live = runMain([...args, '--url', url]);
        await until(() => live.out !== '', 'something printed');
        live.process.stdout?.destroy();
        await whole.group(`after-${args[0]}`);
        expect([args, await live.ended, live.err]).toEqual([args, 0, '']);
      }
      for (const view of ['events', 'now'])
        expect((await runCliInProcess(['top', '--once', '--view', view, '--url', url])).out).toMatch(
          /Z {2}ruleset_published /,
        );
      const json = await runCliInProcess(['top', '--json', '--view', 'events', '--url', url]);
      const { events } = JSON.parse(json.out) as { readonly events: readonly { readonly kind: string }[] };
      expect(events.map(({ kind }) => kind)).toContain('ruleset_published');
    },
  );

  it('ends with 1 where no server is, also when it would follow', { timeout: 60_000 }, async () => {
    for (const args of [[], ['-f']]) {
      const { code, err } = await runCliInProcess(['events', ...args, '--url', 'http://127.0.0.1:1']);
      expect([code, err]).toEqual([1, expect.stringContaining('no server answers')]);
    }
  });
});
