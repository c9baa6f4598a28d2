import { describe, expect, it } from 'vitest';
import type { BrokerConnection, Delivery } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { INBOUND } from '../../src/broker/topology.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { decodeFederation, encodeFederation } from '../../src/wire/messages/federation.js';
import { linkTo, zone } from '../support/linked-servers.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { listenToAll, startWholeServer, until, type WholeServer } from '../support/whole-server.js';

const SECRET = 'a secret/of:the@test';

/** What a linked server of this name says: zones alone. */
function told(name: string, zones: Readonly<Record<string, readonly string[]>>): Buffer {
  const none = { groups: {}, zones: {} };
  return encodeFederation({ name, v4: { groups: {}, zones }, v6: none, ec2: {} }, stampAt(new Date(0)));
}

/** Publishes as a linked server does, to our own broker. */
function say(connection: BrokerConnection, key: string, body: Buffer): Promise<void> {
  return connection.publish({
    exchange: INBOUND.name,
    routingKey: key,
    body,
    contentType: 'text/json',
    persistent: true,
    mandatory: true,
  });
}

async function start({ set = [], data }: { readonly set?: readonly string[]; readonly data?: string } = {}) {
  const broker = createMemoryBroker();
  const far = createMemoryBroker();
  const server = await startWholeServer({
    broker,
    linkBroker: () => far,
    set: ['env=me', 'external_ipset_periodic_publish_interval_seconds=0.1', 'links.shrink_percent=100', ...set],
    ...(data === undefined ? {} : { data }),
  });
  const connection = await broker.connect();
  const external = (name = 'q1') =>
    [...server.server.state.world.rows('external').values()].find((row) => row.name === name);
  /** Says it until it is heard: the queue is there only once the link listens. */
  const says = async (body: Buffer, done: () => boolean, key = 'q1'): Promise<void> => {
    await until(async () => {
      await say(connection, key, body).catch(() => undefined);
      return done();
    }, 'it being heard');
  };
  return { server, broker, far, connection, external, says };
}

function entry({ server }: WholeServer, id: string) {
  return server.state.book.entry(id);
}

function zonesOf(external: JsonObject | undefined): unknown {
  return (external?.['v4'] as JsonObject | undefined)?.['zones'];
}

describe('a link that receives', () => {
  it('refuses what comes under another name, and says so', async () => {
    const { server, external, says } = await start();
    const id = await server.create('link', linkTo('q1', 1, { direction: 'inbound' }));
    await says(told('q1', { lab: ['10.1.0.1/32'] }), () => external()?.state === 'active');
    await says(told('q2', { lab: ['10.9.9.9/32'] }), () => entry(server, id).refused !== undefined);
    expect(entry(server, id).refused?.reason).toBe('it says that it comes from "q2", and the link is q1');
    expect(zonesOf(external())).toEqual({ lab: ['10.1.0.1/32'] });
    expect(external('q2')).toBeUndefined();
    const { json } = await server.api('GET', '/readyz');
    expect((json['reasons'] as string[]).join('\n')).toMatch(/link "q1": \d+ messages were refused, the last because/);
    await says(Buffer.from('nonsense'), () => entry(server, id).refused?.reason.includes('external term') === true);
  });

  it('keeps apart what would reach into the sets of another environment, and shows it', async () => {
    const { server, external, says } = await start();
    const id = await server.create('link', linkTo('q1', 1, { direction: 'inbound', address_handling: 'prefix' }));
    const long = 'n'.repeat(25);
    const zones = { lab: ['10.1.0.1/32'], 'q2#lab': ['10.9.9.9/32'], [long]: ['10.1.2.1/32'] };
    await says(told('q1', zones), () => external()?.state === 'active');
    await until(() => server.server.state.sets.published?.names.has('q1#lab_zv4'), 'the sets');
    const names = [...(server.server.state.sets.published?.names ?? [])];
    expect(names.filter((name) => name.includes('q2#') || name.includes(long))).toEqual([]);
    await until(() => entry(server, id).leftOut.length === 2, 'both names shown');
    const { text } = await server.api('GET', `/api/V2/link/${id}/status`);
    expect(text).toContain('q2#lab');
    expect(text).toContain('the name has 28 bytes');
  });

  it('takes its sets out of service after max_stale_seconds, and back when it is heard again', async () => {
    const { server, external, says } = await start();
    await server.create('link', linkTo('q1', 1, { direction: 'inbound', max_stale_seconds: 0.5 }));
    const body = told('q1', { lab: ['10.1.0.1/32'] });
    await says(body, () => external()?.state === 'active');
    await until(() => external()?.state === 'inactive', 'out of service');
    await until(() => server.server.state.sets.published?.names.has('lab_zv4') === false, 'no set of it');
    expect(server.server.state.alarms.get('link.stale:q1')?.text).toContain('max_stale_seconds');
    expect(zonesOf(external())).toEqual({ lab: ['10.1.0.1/32'] });
    await says(body, () => external()?.state === 'active');
    await until(() => server.server.state.alarms.get('link.stale:q1') === undefined, 'fresh');
  });

  it('forgets what it held when a message comes that takes away less, and has accepting audited', async () => {
    const { server, external, says } = await start({ set: ['links.shrink_percent=30'] });
    const id = await server.create('link', linkTo('q1', 1, { direction: 'inbound' }));
    const all = ['10.1.0.1/32', '10.1.2.1/32', '10.1.4.1/32'];
    const held = () => entry(server, id).held !== undefined;
    await says(told('q1', { lab: all }), () => external()?.state === 'active');
    await says(told('q1', { lab: all.slice(1, 2) }), held);
    expect(server.server.state.alarms.get('link.held:q1')).toBeDefined();
    await says(told('q1', { lab: [...all, '10.1.6.1/32'] }), () => !held());
    expect(server.server.state.alarms.get('link.held:q1')).toBeUndefined();
    expect(zonesOf(external())).toEqual({ lab: [...all, '10.1.6.1/32'] });
    await says(told('q1', { lab: [] }), held);
    const audited = async () => (await server.api('GET', '/api/V2/audit')).text.split('"external"').length;
    const before = await audited();
    expect((await server.api('POST', `/api/V2/link/${id}/accept`)).status).toBe(200);
    expect(zonesOf(external())).toEqual({ lab: [] });
    expect(await audited()).toBe(before + 1);
  });

  it('works alone where old data has another of its name', async () => {
    const { server } = await start();
    const first = await server.create('link', linkTo('q1', 1, { direction: 'inbound' }));
    const doc: Document = { ...linkTo('q1', 1, { direction: 'inbound' }), id: `${first}-2` };
    await server.server.state.store.commit([{ op: 'create', table: 'link', doc }], { author: 'test' });
    await until(() => server.server.state.world.rows('link').size === 2, 'both rows');
    const [works = '', idle = ''] = [...server.server.state.world.rows('link').keys()].sort();
    await until(() => entry(server, idle).fault?.includes(`the link ${works} has this name too`), 'its fault');
    expect(entry(server, works).fault).toBeUndefined();
  });

  it('goes with its row, however that went', async () => {
    const { server, external, says } = await start();
    const id = await server.create('link', linkTo('q1', 1, { direction: 'inbound' }));
    await says(told('q1', { lab: ['10.1.0.1/32'] }), () => external()?.state === 'active');
    // As another server of the same database would: without its external.
    await server.server.state.store.commit([{ op: 'remove', table: 'link', id }], { author: 'test' });
    await until(() => external()?.state === 'inactive', 'out of service');
    await until(() => !server.server.state.book.entries.has(id), 'forgotten');
    await until(() => server.server.state.links.whereis(id) === undefined, 'no actor');
  });
});

describe('a link that sends', () => {
  it('tells our own sets and never what was learnt, and shows no secret', async () => {
    const { server, far, external, says } = await start();
    await server.create('zone', zone('mine', ['10.5.0.1']));
    await server.create('link', linkTo('q1', 1, { direction: 'inbound' }));
    await says(told('q1', { theirs: ['10.1.0.1/32'] }), () => external()?.state === 'active');
    const id = await server.create('link', linkTo('q2', 1, { direction: 'outbound' }));
    await until(() => entry(server, id).sendError?.includes('does not listen'), 'that nobody listens there');
    const ear = await far.connect();
    // The exchange is there already, and as it is to be.
    await ear.declareExchange(INBOUND);
    await ear.declareQueue({ name: 'ear', durable: false, autoDelete: true, exclusive: true });
    await ear.bindQueue('ear', INBOUND.name, 'me');
    const heard: Delivery[] = [];
    await ear.consume('ear', { prefetch: 1 }, (delivery) => {
      heard.push(delivery);
      delivery.ack();
    });
    const [first] = await until(() => (heard.length > 0 ? heard : undefined), 'our sets there');
    expect(first).toMatchObject({ routingKey: 'me', contentType: 'text/json' });
    const said = decodeFederation(first?.body ?? Buffer.alloc(0));
    expect(said.name).toBe('me');
    expect(said.v4.zones).toEqual({ mine: ['10.5.0.1/32'] });
    expect(said.v4.groups).toEqual({ 'all-active': [], self: [] });
    expect(said.ec2).toEqual({ self: [] });
    expect(JSON.stringify(server.tree())).not.toContain(SECRET);
    const figures = await fetch(`${server.server.listening.metrics}/metrics`).then((answer) => answer.text());
    for (const name of ['external_queue_add', 'ipset_outbound_publish', 'external_ipset_update'])
      expect(figures).toMatch(new RegExp(`^${name}(_total)? [1-9]`, 'm'));
    await server.edit('link', id, { enabled: false });
    await until(() => far.connectionCount === 1, 'our connection gone');
  });
});

it.each<[JsonObject, readonly string[] | undefined]>([
  [{ tls: false }, ['connection', 'tls']],
  [{ ssl_options: { verify: 'verify_none' } }, ['connection', 'ssl_options', 'verify']],
  [{}, undefined],
])('an enabled link with %j is written, with a warning where its broker is not verified', async (change, path) => {
  const { server } = await start();
  const { connection, ...link } = linkTo('q1', 1);
  const { tls: _, ssl_options, ...far } = connection as JsonObject;
  const options = { ...(ssl_options as JsonObject), ...(change['ssl_options'] as JsonObject | undefined) };
  const made = await server.api('POST', '/api/V2/link', {
    ...link,
    connection: { ...far, ...change, ssl_options: options },
  });
  const { status, json } = made;
  expect([status, json['warnings']]).toEqual([201, path && [expect.objectContaining({ path }) as unknown]]);
});

describe('after a restart', () => {
  const long = 'external_ipset_periodic_publish_interval_seconds=600';

  /** A server that had taken over sets, stopped. */
  async function hadLearnt(): Promise<string> {
    const data = temporaryDirectory();
    const { server, external, says } = await start({ data });
    await server.group('web');
    await server.create('link', linkTo('q1', 1, { direction: 'inbound' }));
    await says(told('q1', { lab: ['10.1.0.1/32'] }), () => external()?.state === 'active');
    await until(() => server.server.state.sets.published?.names.has('lab_zv4'), 'published');
    await server.stop();
    return data;
  }

  it('nothing is published before the link is heard', async () => {
    const data = await hadLearnt();
    const { server, broker, external, says } = await start({ data, set: [long] });
    const { gate } = server.server.state;
    expect(external()?.state).toBe('active');
    expect(gate.unheard).toBe('q1');
    const wire = await listenToAll(broker);
    await server.create('zone', zone('new', ['10.5.0.1']));
    const web = server.server.state.world.groupByName('web')?.id ?? '';
    await server.api('GET', '/api/publish?group=web');
    await until(async () => {
      const { json } = await server.api('GET', '/readyz');
      return (json['reasons'] as string[]).includes(
        'links: nothing is published before q1 is heard or known to be stale',
      );
    }, 'that it says so');
    // The group's publication came up, and was held.
    await until(
      () => JSON.stringify(server.tree()).includes('linked servers are not heard yet: q1'),
      'that it is held',
    );
    expect(wire.keys()).toEqual([]);
    await says(told('q1', { lab: ['10.1.0.1/32', '10.1.2.1/32'] }), () => gate.unheard === undefined);
    await until(() => wire.keys().includes('sets'), 'the sets');
    // The very first text has what the link told.
    expect(server.server.state.sets.published?.contents.get('lab_zv4')).toEqual(['10.1.0.1', '10.1.2.1']);
    await server.reaches(web, 'published');
  });

  it('nor before it is known to be stale, and then with what was known last', async () => {
    const data = await hadLearnt();
    const { server, broker } = await start({ data, set: ['external_ipset_periodic_publish_interval_seconds=0.3'] });
    const wire = await listenToAll(broker);
    await server.create('zone', zone('new', ['10.5.0.1']));
    await until(() => wire.keys().includes('sets'), 'the sets');
    expect(server.server.state.gate.unheard).toBeUndefined();
    expect(server.server.state.sets.published?.contents.get('lab_zv4')).toEqual(['10.1.0.1']);
  });

  it('what a link that was disabled meanwhile had brought is out of service first', async () => {
    const data = await hadLearnt();
    const { server, external } = await start({ data, set: [long] });
    const id = [...server.server.state.world.rows('link').keys()][0] ?? '';
    await server.edit('link', id, { enabled: false });
    await until(() => external()?.state === 'inactive', 'out of service');
    await until(() => server.server.state.gate.unheard === undefined, 'publishing');
  });
});
