import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createToken, revokeToken } from '../../../src/http/access/tokens.js';
import { startApiServer, type ApiServer } from '../../support/api-server.js';
import { listenTo, type EventClient } from '../../support/event-client.js';

const clients: EventClient[] = [];
let server: ApiServer;

async function listen(path: string, headers?: Record<string, string>): Promise<EventClient> {
  const client = await listenTo(`${server.url}${path}`, headers);
  clients.push(client);
  return client;
}

function storeLost(reason: string): void {
  server.events.put({ kind: 'store_lost', reason });
}

/** Resolves when so many streams are open: the server notices a moment later that a client has gone. */
async function open(count: number): Promise<void> {
  while (server.streams.size !== count) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(async () => {
  server = await startApiServer();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

describe('GET /api/V2/events', () => {
  it('tells what happens from now on, with id, kind, time and members', async () => {
    storeLost('before');
    const client = await listen('/api/V2/events');
    expect(client.status).toBe(200);
    expect(client.headers.get('content-type')).toBe('text/event-stream');
    expect(client.headers.get('cache-control')).toBe('no-store');
    storeLost('with\nlines');
    const { run } = server.events;
    expect(await client.next()).toEqual({
      id: `${run}-2`,
      event: 'store_lost',
      data: { at: expect.any(Number) as number, kind: 'store_lost', reason: 'with\nlines' },
    });
  });

  it('goes on after the last event that a client has, told by header or parameter', async () => {
    for (const reason of ['1', '2', '3']) storeLost(reason);
    const id = `${server.events.run}-1`;
    const byHeader = await listen('/api/V2/events', { 'last-event-id': id });
    expect([await byHeader.next(), await byHeader.next()].map((each) => each?.data['reason'])).toEqual(['2', '3']);
    const byQuery = await listen(`/api/V2/events?last_event_id=${id}`);
    expect((await byQuery.next())?.data['reason']).toBe('2');
  });

  it('begins with the newest events that are wanted, as many as are asked for', async () => {
    for (let put = 1; put <= 170; put += 1) {
      storeLost(String(put));
      if (put % 50 === 0) server.events.put({ kind: 'store_back' });
    }
    const client = await listen('/api/V2/events?recent=2&kinds=store_lost');
    storeLost('next');
    const reasons = [await client.next(), await client.next(), await client.next()].map((each) => each?.data['reason']);
    expect(reasons).toEqual(['169', '170', 'next']);
    const rare = await listen('/api/V2/events?recent=500&kinds=store_back');
    // Those of before are not kept any more, and that is nothing that the client has lost.
    expect([await rare.next(), await rare.next()].map((each) => [each?.event, each?.id])).toEqual([
      ['store_back', `${server.events.run}-102`],
      ['store_back', `${server.events.run}-153`],
    ]);
  });

  it('goes on where a client broke off that had asked for the newest', async () => {
    for (const reason of ['1', '2', '3']) storeLost(reason);
    const client = await listen('/api/V2/events?recent=3', { 'last-event-id': `${server.events.run}-2` });
    expect((await client.next())?.data['reason']).toBe('3');
  });

  it('tells a client of another run that it can not know what was lost, and gives all that is kept', async () => {
    storeLost('1');
    const client = await listen('/api/V2/events', { 'last-event-id': '0123456789ab-17' });
    expect(await client.next()).toMatchObject({ event: 'lost', data: { lost: null } });
    expect(await client.next()).toMatchObject({ event: 'store_lost', data: { reason: '1' } });
  });

  it('says how many went by where they are not kept any more, and the id then given loses them once', async () => {
    for (let put = 1; put <= 150; put += 1) storeLost(String(put));
    const client = await listen('/api/V2/events', { 'last-event-id': `${server.events.run}-10` });
    const lost = await client.next();
    expect(lost).toMatchObject({ event: 'lost', data: { lost: 40 } });
    expect((await client.next())?.data['reason']).toBe('51');
    const again = await listen('/api/V2/events', { 'last-event-id': String(lost?.id) });
    expect(await again.next()).toMatchObject({ event: 'store_lost', data: { reason: '51' } });
  });

  it('gives only the kinds that are asked for', async () => {
    const client = await listen('/api/V2/events?kinds=store_back,alarm_set');
    storeLost('1');
    server.events.put({ kind: 'store_back' });
    expect(await client.next()).toMatchObject({ event: 'store_back' });
  });

  it.each([
    ['kinds=store_back,nonsense', 'kinds'],
    ['kinds=', 'kinds'],
    ['recent=0', 'recent'],
    ['recent=501', 'recent'],
    ['recent=-1', 'recent'],
    ['recent=1e2', 'recent'],
    ['recent=', 'recent'],
    ['recent=5&last_event_id=0123456789ab-1', 'recent'],
    ['last_event_id=17', 'last_event_id'],
    ['last_event_id=0123456789ab-', 'last_event_id'],
  ])('refuses %s', async (query, name) => {
    const response = await fetch(`${server.url}/api/V2/events?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'bad_parameter',
      error: expect.stringContaining(name) as string,
    });
  });

  it('refuses a number that this run has not reached', async () => {
    const response = await fetch(`${server.url}/api/V2/events?last_event_id=${server.events.run}-1`);
    expect(await response.json()).toMatchObject({ error: expect.stringContaining(`${server.events.run}-0`) as string });
  });

  it('is not given in another type, nor to a page of another site', async () => {
    const typed = await fetch(`${server.url}/api/V2/events`, { headers: { accept: 'application/json' } });
    expect(typed.status).toBe(406);
    const foreign = await fetch(`${server.url}/api/V2/events`, { headers: { origin: 'https://elsewhere.example' } });
    expect(foreign.status).toBe(403);
  });

  it('holds as many streams as it may; one that is closed makes room', async () => {
    const three = [
      await listen('/api/V2/events'),
      await listen('/api/V2/events'),
      await listen('/api/V2/actors/events'),
    ];
    const refused = await fetch(`${server.url}/api/V2/events`);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'too_many_streams' });
    expect(refused.headers.get('retry-after')).toBe('30');
    three[0]?.close();
    await open(2);
    expect((await listen('/api/V2/events')).status).toBe(200);
  });

  it('sends a comment now and then', async () => {
    const client = await listen('/api/V2/events');
    await client.comment();
    expect(await client.comment()).toBe(': still here');
  });

  it('ends in order when the server stops', async () => {
    const client = await listen('/api/V2/events');
    const stopped = server.close();
    expect(await client.next()).toMatchObject({ event: 'end', data: { reason: 'the server stops' } });
    expect(await client.next()).toBeUndefined();
    await stopped;
    server = await startApiServer();
  });

  it('ends for a client that takes nothing for long', async () => {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write('GET /api/V2/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await open(1);
    // More than the buffers of both ends hold, however large they are.
    while (server.streams.size > 0) {
      for (let put = 0; put < 100; put += 1) storeLost('x'.repeat(1000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.destroy();
  });
});

describe('GET /api/V2/actors/events', () => {
  it('begins with the newest events below a path, and refuses more than are given', async () => {
    const { actorEvents } = server;
    for (const path of ['dog_trainer/a', 'dog_trainer/b', 'dog_trainer/b/c'])
      actorEvents.put({ kind: 'started', path });
    const client = await listen('/api/V2/actors/events?recent=1&path=dog_trainer/b');
    expect(await client.next()).toMatchObject({ data: { path: 'dog_trainer/b/c' } });
    const refused = await fetch(`${server.url}/api/V2/actors/events?recent=501`);
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'bad_parameter' }]);
  });

  it('gives only what happens below a path, and alarms', async () => {
    const client = await listen('/api/V2/actors/events?path=dog_trainer/http_sup');
    const { actorEvents } = server;
    actorEvents.put({ kind: 'started', path: 'dog_trainer/http_supper' });
    actorEvents.put({ kind: 'started', path: 'dog_trainer/http_sup/api' });
    actorEvents.put({ kind: 'alarm_set', alarm: 'a', text: 'it is bad' });
    expect(await client.next()).toMatchObject({ event: 'started', data: { path: 'dog_trainer/http_sup/api' } });
    expect(await client.next()).toMatchObject({ event: 'alarm_set' });
  });
});

describe('a stream with a token', () => {
  const tokenWith = (scopes: readonly string[]) =>
    createToken(server.store, { name: 'reader', scopes }, { author: 'test', now: Math.floor(Date.now() / 1000) });

  beforeEach(async () => {
    await server.close();
    server = await startApiServer({ auth: 'tokens' });
  });

  it('needs one that may read', async () => {
    expect((await fetch(`${server.url}/api/V2/events`)).status).toBe(401);
    const { text } = await tokenWith(['write']);
    const writer = await fetch(`${server.url}/api/V2/events`, { headers: { authorization: `Bearer ${text}` } });
    expect(writer.status).toBe(403);
  });

  it('ends when the token is revoked', async () => {
    const { text } = await tokenWith(['read']);
    const client = await listen('/api/V2/events', { authorization: `Bearer ${text}` });
    await client.comment();
    await revokeToken(server.store, 'reader', 'test');
    expect(await client.next()).toMatchObject({
      event: 'end',
      data: { reason: 'a valid token is needed: this one is not known' },
    });
    expect(await client.next()).toBeUndefined();
    await open(0);
  });
});
