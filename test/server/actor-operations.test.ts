import { describe, expect, it, onTestFinished } from 'vitest';
import { cast, crash, findActor, type Pid } from '../../src/otp/index.js';
import { listenTo, type EventClient } from '../support/event-client.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { startWholeServer, until, type WholeServer } from '../support/whole-server.js';

const CENSUS = 'dog_trainer/publishers_sup/census';
const at = `/api/V2/actors/${encodeURIComponent(CENSUS)}`;

function alarmIds(w: WholeServer): readonly string[] {
  return w.server.state.alarms.list().map(({ id }) => id);
}

/** Reads on until an event of this kind; what the actor handles by itself meanwhile stands between. */
async function nextOf(stream: EventClient, kind: string): Promise<void> {
  for (let event = await stream.next(); event?.event !== kind; event = await stream.next()) expect(event).toBeDefined();
}

describe('the actors of a whole server', () => {
  it('show a crash on purpose whole, in the API, among the events and in dog-trainer tree', async () => {
    const w = await startWholeServer();
    const url = w.server.listening.api;
    const client = await listenTo(`${url}/api/V2/actors/events?path=${CENSUS}&kinds=crashed,restarted`);
    onTestFinished(() => client.close());
    const { system } = w.server.state;
    crash(system, findActor(system, w.server.root, CENSUS) as Pid, 'on purpose\nwith lines');
    expect(await client.next()).toMatchObject({
      event: 'crashed',
      data: { path: CENSUS, mailbox: expect.any(Number) as never },
    });
    expect(await client.next()).toMatchObject({ event: 'restarted', data: { path: CENSUS } });
    const node = (await w.api('GET', `/api/V2/actors?path=${CENSUS}`)).json;
    expect(node).toMatchObject({
      path: CENSUS,
      restarts: 1,
      last_crash: {
        reason: expect.stringContaining('on purpose') as string,
        report: {
          mailbox: { length: expect.any(Number) as never },
          ancestors: ['publishers_sup', 'dog_trainer', 'dog_trainer application'],
        },
      },
    });
    expect((await w.api('GET', `${at}/state`)).json).toMatchObject({
      actor: { restarts: 1 },
      running: { links: expect.any(Array) as never },
    });
    const whole = await runCliInProcess(['tree', '--url', url]);
    expect([whole.code, whole.err]).toEqual([0, '']);
    expect(whole.out).toMatch(/census +waiting .* Error: on purpose/);
    const part = await runCliInProcess(['tree', '--url', url, '--path', CENSUS]);
    expect(part.out).toMatch(/last crash, .*:\n.*on purpose\n/);
    expect(part.out).toContain('below: publishers_sup, dog_trainer, dog_trainer application');
    const json = await runCliInProcess(['tree', '--url', url, '--path', CENSUS, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ path: CENSUS, last_crash: { report: {} } });
  });

  it('are suspended with an alarm, resumed, restarted and traced by an operator, who is in the audit trail', async () => {
    const w = await startWholeServer();
    const trace = await listenTo(`${w.server.listening.api}${at}/trace`);
    onTestFinished(() => trace.close());
    expect((await w.api('POST', `${at}/suspend`)).json).toMatchObject({
      path: CENSUS,
      action: 'suspend',
      audited: true,
    });
    await until(() => alarmIds(w).includes(`actors.suspended:${CENSUS}`), 'the alarm');
    expect((await w.api('GET', `/api/V2/actors?path=${CENSUS}`)).json).toMatchObject({ state: 'suspended' });
    await nextOf(trace, 'suspended');
    expect((await w.api('POST', `${at}/resume`)).status).toBe(200);
    await until(() => !alarmIds(w).includes(`actors.suspended:${CENSUS}`), 'the end of the alarm');
    await nextOf(trace, 'resumed');
    expect((await w.api('POST', `${at}/restart`)).status).toBe(200);
    await nextOf(trace, 'end');
    const audit = (await w.api('GET', '/api/V2/audit?resource=setting&id=actor_operation')).json as unknown as {
      readonly after: object;
    }[];
    expect(audit.map(({ after }) => after)).toMatchObject([
      { action: 'restart', path: CENSUS, author: 'anonymous' },
      { action: 'resume' },
      { action: 'suspend' },
    ]);
  });

  it('are refused what takes others along, and what is not there, by the API', async () => {
    const w = await startWholeServer();
    const broker = `/api/V2/actors/${encodeURIComponent('dog_trainer/broker_sup/broker_connection')}`;
    const refused = await w.api('POST', `${broker}/restart`);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ code: 'actor_refused', confirm: ['outbox', 'report_connection'] });
    expect((await w.api('POST', `${broker}/restart?confirm=report_connection,outbox`)).json).toMatchObject({
      with: ['outbox', 'report_connection'],
    });
    expect((await w.api('POST', '/api/V2/actors/nobody/restart')).status).toBe(404);
    expect((await w.api('GET', '/api/V2/actors/nobody/trace')).status).toBe(404);
    expect((await w.api('GET', '/api/V2/actors?sort=size')).status).toBe(400);
    expect((await w.api('GET', '/api/V2/actors?flat=true&limit=1&sort=messages')).json).toMatchObject({ limit: 1 });
  });

  it('are found by a part of their id or name, side by side', async () => {
    const w = await startWholeServer();
    const found = async (query: string) => {
      const { json } = await w.api('GET', `/api/V2/actors?flat=true&${query}`);
      const { total, actors } = json as unknown as { total: number; actors: { id: string }[] };
      return [total, actors.map(({ id }) => id).sort()];
    };
    expect(await found('q=CENS')).toEqual([1, ['census']]);
    expect(await found('q=publisher&limit=2&sort=id')).toEqual([4, ['config_publisher', 'ipset_publisher']]);
    const { group: id } = await w.group('shops');
    expect((await until(async () => (await found('q=shop'))[1] as string[], 'its actor')).at(-1)).toBe(`group:${id}`);
    expect(await found('q=nobody-has-this')).toEqual([0, []]);
    for (const query of ['q=census', `flat=true&q=${'x'.repeat(201)}`]) {
      const refused = await w.api('GET', `/api/V2/actors?${query}`);
      expect([refused.status, refused.json['code']]).toEqual([400, 'bad_parameter']);
      expect(refused.text).toContain('q');
    }
  });

  it('raise an alarm over a long mailbox, seen in readiness, metrics, the list of alarms and the events', async () => {
    const w = await startWholeServer({ set: ['actors.mailbox_long=200', 'actors.mailbox_long_over=10'] });
    const { system } = w.server.state;
    const client = await listenTo(`${w.server.listening.api}/api/V2/actors/events?kinds=alarm_set,alarm_cleared`);
    onTestFinished(() => client.close());
    const seen = async () => ({
      ready: (await w.api('GET', '/readyz')).text.includes('alarm actors.mailbox: more messages come than are handled'),
      listed: (await w.api('GET', '/api/V2/alarms')).text.includes('"actors.mailbox"'),
      counted: Number(
        /^dog_trainer_alarms (\d+)$/m.exec(await (await fetch(`${w.server.listening.metrics}/metrics`)).text())?.[1],
      ),
    });
    const before = await seen();
    const census = findActor(system, w.server.root, CENSUS) as Pid;
    await system.sys.suspend(census);
    for (let n = 0; n < 210; n += 1) cast(system, census, { tag: 'look' });
    expect(await client.next()).toMatchObject({ event: 'alarm_set', data: { alarm: `actors.suspended:${CENSUS}` } });
    expect(await client.next()).toMatchObject({ event: 'alarm_set', data: { alarm: 'actors.mailbox' } });
    expect(await seen()).toEqual({ ready: true, listed: true, counted: before.counted + 2 });
    await system.sys.resume(census);
    expect(await client.next()).toMatchObject({ event: 'alarm_cleared' });
    expect(await client.next()).toMatchObject({ event: 'alarm_cleared' });
    expect(await seen()).toEqual(before);
    expect(before).toMatchObject({ ready: false, listed: false });
  });

  it('raise an alarm when a supervisor has used more than half of its restarts, seen everywhere and told once', async () => {
    const w = await startWholeServer();
    const { system } = w.server.state;
    const client = await listenTo(`${w.server.listening.api}/api/V2/actors/events?kinds=alarm_set,alarm_cleared`);
    onTestFinished(() => client.close());
    // Neither the API nor the metrics, which are asked meanwhile.
    const path = 'dog_trainer/http_sup/admin';
    const alarm = 'actors.restarts:dog_trainer/http_sup';
    const text = 'dog_trainer/http_sup has used 3 of 5 restarts in 60 s';
    const seen = async () => ({
      ready: (await w.api('GET', '/readyz')).text.includes(`alarm ${alarm}: ${text}`),
      listed: (await w.api('GET', '/api/V2/alarms')).text.includes(`"${alarm}"`),
      counted: Number(
        /^dog_trainer_alarms (\d+)$/m.exec(await (await fetch(`${w.server.listening.metrics}/metrics`)).text())?.[1],
      ),
    });
    const before = await seen();
    for (let fall = 1; fall <= 3; fall += 1) {
      const pid = await until(() => findActor(system, w.server.root, path), 'the actor');
      crash(system, pid, 'on purpose');
      await until(() => findActor(system, w.server.root, path) !== pid, 'its end');
    }
    expect(await client.next()).toMatchObject({
      event: 'alarm_set',
      data: { alarm, text: expect.stringContaining(text) as string },
    });
    expect(await seen()).toEqual({ ready: true, listed: true, counted: before.counted + 1 });
    // It is cleared when the restarts are a minute old: actor-alarms.test.ts has that, on virtual time.
    expect(client.text().match(/^event: alarm_/gm)).toHaveLength(1);
  });
});
