import { describe, expect, it } from 'vitest';
import { BrokerLink } from '../../../src/actors/broker/broker-link.js';
import { OutboxActor } from '../../../src/actors/broker/outbox-actor.js';
import { createOutbox } from '../../../src/broker/outbox.js';
import { crash, startGenServer, stopGenServer, type Pid } from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { started } from '../../support/supervision.js';
import { FakeConnection } from './fake-connection.js';

const DRAIN_MS = 5000;

/** The actor on turns that the test gives, with the plain outbox that it sees to. */
function scene() {
  const v = virtualSystem();
  const link = new BrokerLink();
  const outbox = createOutbox({ clock: v.clock });
  const lines: string[] = [];
  const line = (fields: object, text: string): void => void lines.push(`${text} ${JSON.stringify(fields)}`);
  const make = (): OutboxActor => new OutboxActor({ outbox, link, drainMs: DRAIN_MS, log: { info: line, warn: line } });
  const start = async (actor = make()): Promise<Pid> =>
    started(await v.run(startGenServer(v.system, actor, { label: 'outbox', trapExit: true })));
  const put = (body: string): void => {
    const publication = {
      exchange: 'iptables',
      routingKey: 'k',
      body: new TextEncoder().encode(body),
      contentType: 'text/json',
      persistent: true,
    };
    outbox.put({ target: `config/${body}`, class: 'config', publication });
  };
  return { v, link, outbox, lines, make, start, put };
}

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, open))])) !== open;
}

describe('the outbox actor', () => {
  it('attaches the outbox to the connection that it finds, and to each one that comes', async () => {
    const { v, link, outbox, start, put } = scene();
    const [first, second] = [new FakeConnection(), new FakeConnection()];
    put('a');
    link.up(first);
    await start();
    await v.idle();
    expect(first.sent).toEqual(['a']);
    link.down();
    await v.idle();
    expect(outbox.snapshot()).toMatchObject({ attached: false, waiting: 1, inFlight: 0 });
    put('b');
    link.up(second);
    await v.idle();
    expect(second.sent).toEqual(['a', 'b']);
    second.confirm();
    await v.idle();
    expect([first.sent, outbox.depth()]).toEqual([['a'], 0]);
  });

  it('in an ordered stop waits until what is on its way is confirmed, and sends nothing after that', async () => {
    const { v, link, outbox, lines, start, put } = scene();
    const connection = new FakeConnection();
    link.up(connection);
    const pid = await start();
    put('a');
    await v.idle();
    const stopping = stopGenServer(v.system, pid, 'shutdown');
    await v.advance(DRAIN_MS - 1);
    expect([v.system.isAlive(pid), await settled(stopping)]).toEqual([true, false]);
    connection.confirm();
    await v.idle();
    await stopping;
    put('late');
    await v.idle();
    expect([connection.sent, outbox.snapshot().attached, connection.ended]).toEqual([['a'], false, undefined]);
    expect(lines).toEqual(['waiting until the broker has confirmed what is on its way {"waiting":1}']);
    expect(v.clock.pending).toBe(0);
  });

  it('waits no longer than it may, and says how much is left', async () => {
    const { v, link, outbox, lines, start, put } = scene();
    link.up(new FakeConnection());
    const pid = await start();
    put('a');
    put('b');
    await v.idle();
    const stopping = stopGenServer(v.system, pid, 'shutdown');
    await v.advance(DRAIN_MS);
    await stopping;
    expect(lines.at(-1)).toBe(
      'messages are left that the broker did not confirm {"left":2,"targets":"see the journal"}',
    );
    expect(outbox.depth()).toBe(2);
  });

  it('does not wait where nothing would come of it: without a connection, without messages', async () => {
    const { v, link, lines, start, put } = scene();
    link.up(new FakeConnection());
    const idle = await start();
    const before = v.clock.monotonic();
    await v.run(stopGenServer(v.system, idle, 'shutdown'));
    link.down();
    put('a');
    const cut = await start();
    await v.run(stopGenServer(v.system, cut, 'shutdown'));
    expect([v.clock.monotonic() - before, lines]).toEqual([0, []]);
  });

  it('killed, it sends nothing more in that very step; what waits is there, and its successor sends it', async () => {
    const { v, link, outbox, lines, start, put } = scene();
    const connection = new FakeConnection();
    link.up(connection);
    const pid = await start();
    put('a');
    await v.idle();
    crash(v.system, pid);
    expect(outbox.snapshot()).toMatchObject({ attached: false, waiting: 1, inFlight: 0 });
    put('b');
    await v.idle();
    expect(connection.sent).toEqual(['a']);
    await start();
    await v.idle();
    expect(connection.sent).toEqual(['a', 'a', 'b']);
    connection.confirm();
    await v.idle();
    expect([outbox.depth(), lines]).toEqual([0, []]);
  });

  it('after a fault of its own it leaves at once: its successor goes on', async () => {
    const { v, link, start, put } = scene();
    link.up(new FakeConnection());
    const pid = await start();
    put('a');
    await v.idle();
    await v.run(stopGenServer(v.system, pid, { error: new Error('a fault') }));
    expect(v.clock.monotonic()).toBe(0);
  });

  it('shows what waits', async () => {
    const { v, link, make, start, put } = scene();
    const actor = make();
    const connection = new FakeConnection();
    await start(actor);
    put('a');
    expect(actor.describe()).toMatchObject({ attached: false, waiting: 1, in_flight: 0, bytes: 1, confirmed: 0 });
    expect(actor.describe()['oldest_at']).toBe(Math.floor(v.clock.now() / 1000));
    link.up(connection);
    await v.idle();
    connection.block('low on disk');
    expect(actor.describe()).toMatchObject({ attached: true, waiting: 0, in_flight: 1, blocked: 'low on disk' });
  });
});
