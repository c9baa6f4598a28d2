import { describe, expect, it } from 'vitest';
import { BrokerLink } from '../../../src/actors/broker/broker-link.js';
import { RemoteCommands } from '../../../src/actors/commands/remote-commands.js';
import type { CommandReply } from '../../../src/actors/commands/remote-commands-messages.js';
import { BrokerError } from '../../../src/broker/broker.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import { imetricsText } from '../../../src/metrics/imetrics-text.js';
import { call, crash } from '../../../src/otp/index.js';
import type { FileTransferRequest } from '../../../src/wire/messages/file-transfer.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { smallConnection } from '../../support/actors/small-connection.js';

const KEY = 'host-key-0001';
const COMMAND: FileTransferRequest = { command: 'execute_command', commandLine: 'uptime', useShell: false };
const BLOCK: FileTransferRequest = {
  command: 'send_file',
  fileName: '/etc/motd',
  totalBlocks: 2,
  currentBlock: 1,
  maxBlockSizeBytes: 4,
  block: Buffer.from('text'),
};

async function stage() {
  const v = actorStage();
  const link = new BrokerLink();
  const broker = smallConnection();
  const metrics = createMetrics();
  link.up(broker.connection);
  const pid = await v.start(new RemoteCommands({ clock: v.clock, link, metrics, log: v.log }));
  await v.idle();
  const replies: CommandReply[] = [];
  const ask = async (request = COMMAND, timeoutMs = 5000): Promise<void> => {
    const question = { tag: 'request', hostkey: KEY, request, apiUser: 'ann', timeoutMs } as const;
    void call(v.system, pid, question, Infinity).then((reply) => replies.push(reply));
    await v.idle();
  };
  const answers = async (text: string, correlationId: string): Promise<void> => {
    broker.consumers.at(-1)?.deliver(Buffer.from(text), { correlationId });
    await v.idle();
  };
  return { v, link, broker, metrics, pid, replies, ask, answers };
}

describe('remote commands', () => {
  it('go to the host’s own key, with a reply queue; each answer finds its question', async () => {
    const s = await stage();
    await s.ask();
    await s.ask({ command: 'fetch_file', fileName: '/etc/hosts' });
    expect(s.broker.published.map(({ message }) => message)).toMatchObject([
      { exchange: 'file_transfer', routingKey: `*.*.*.${KEY}`, mandatory: true, persistent: false, replyTo: 'reply-1' },
      { replyTo: 'reply-1' },
    ]);
    const [one, two] = s.broker.published.map(({ message }) => message.correlationId ?? '');
    await s.answers('{"error":"enoent"}', String(two));
    await s.answers('{"ok":"up"}', String(one));
    expect(s.replies).toEqual([
      { ok: true, reply: { kind: 'error', text: 'enoent' } },
      { ok: true, reply: { kind: 'ok', output: 'up' } },
    ]);
    expect(shownBy(s.v, s.pid)).toEqual({ listening: true, pending: 0 });
  });

  it('that are not answered time out; an answer that comes later is taken from the queue and heard by nobody', async () => {
    const s = await stage();
    await s.ask(COMMAND, 3000);
    await s.v.advance(2999);
    expect(s.replies).toEqual([]);
    await s.v.advance(1);
    expect(s.replies).toEqual([{ ok: false, code: 'timeout', message: 'the agent did not answer in time' }]);
    const late = s.broker.consumers[0]?.deliver(Buffer.from('"ok"'), { correlationId: 'dog-1' });
    await s.v.idle();
    expect([late?.answer, s.replies.length]).toEqual(['ack', 1]);
  });

  it('that no queue takes, or the broker refuses, are told so at once', async () => {
    const s = await stage();
    await s.ask();
    s.broker.published[0]?.refuse(new BrokerError('message', 'unroutable', 'no queue'));
    await s.ask();
    s.broker.published[1]?.refuse(new BrokerError('message', 'nacked', 'full'));
    await s.v.idle();
    expect(s.replies).toEqual([
      { ok: false, code: 'unavailable', message: 'the host is not connected: no queue takes the request' },
      { ok: false, code: 'unavailable', message: 'the request was not sent: full' },
    ]);
  });

  it('of a file are answered by the broker’s confirm, and a file counts once', async () => {
    const s = await stage();
    await s.ask(BLOCK);
    await s.ask({ ...BLOCK, currentBlock: 2 });
    expect(s.broker.published.map(({ message }) => [message.persistent, message.replyTo])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
    expect(s.replies).toEqual([]);
    for (const each of s.broker.published) each.confirm();
    await s.v.idle();
    expect(s.replies).toEqual(Array(2).fill({ ok: true, reply: { kind: 'ok', output: '' } }));
    expect(await imetricsText(s.metrics, 'counters')).toContain('send_file:1');
  });

  it('a confirm answers no command: only its agent does', async () => {
    const s = await stage();
    await s.ask();
    s.broker.published[0]?.confirm();
    await s.v.idle();
    expect([s.replies, shownBy(s.v, s.pid)]).toEqual([[], { listening: true, pending: 1 }]);
  });

  it('while the broker is away: those under way end as unknown, new ones are refused; with the next connection they go', async () => {
    const s = await stage();
    await s.ask();
    s.link.down();
    await s.v.idle();
    await s.ask();
    expect(s.replies).toEqual([
      { ok: false, code: 'timeout', message: 'the broker went away before the agent answered' },
      { ok: false, code: 'unavailable', message: 'the broker is away; nothing was sent' },
    ]);
    const next = smallConnection();
    s.link.up(next.connection);
    await s.v.idle();
    await s.ask();
    expect([s.broker.published.length, next.published.length]).toEqual([1, 1]);
  });

  it('need somebody to hear answers: refused while it can’t listen, said once, tried every second', async () => {
    const s = await stage();
    s.link.down();
    const next = smallConnection();
    next.refusesConsumers = new BrokerError('channel', 'access', 'ACCESS_REFUSED');
    s.link.up(next.connection);
    await s.v.advance(3000);
    await s.ask();
    expect(s.replies).toMatchObject([{ ok: false, code: 'unavailable' }]);
    expect([s.v.warnings(), next.declared.length]).toEqual([
      ['answers to remote commands cannot be received; trying again'],
      4,
    ]);
    next.refusesConsumers = undefined;
    await s.v.advance(1000);
    expect(shownBy(s.v, s.pid)).toMatchObject({ listening: true });
    expect(s.v.lines.at(-1)?.text).toBe('answers to remote commands are received again');
  });

  it('leave no consumer behind when their actor is killed, also while it is being made', async () => {
    const s = await stage();
    crash(s.v.system, s.pid);
    expect(s.broker.consumers.map(({ cancelled }) => cancelled)).toEqual([true]);
    const link = new BrokerLink();
    const broker = smallConnection();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    link.up({ ...broker.connection, consume: (...what) => gate.then(() => broker.connection.consume(...what)) });
    const pid = await s.v.start(new RemoteCommands({ clock: s.v.clock, link, metrics: createMetrics(), log: s.v.log }));
    await s.v.idle();
    crash(s.v.system, pid);
    go();
    await s.v.idle();
    expect(broker.consumers.map(({ cancelled }) => cancelled)).toEqual([true]);
  });
});
