import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { hasSet, startLinkedServer, zone } from '../support/linked-servers.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { until } from '../support/whole-server.js';

const nodes = await Promise.all([startRabbit(), startRabbit()]);
const skipped = nodes.map((node) => ('unavailable' in node ? node.unavailable : undefined)).find(Boolean);
if (skipped !== undefined) process.stdout.write(`linked servers skipped: ${skipped}\n`);
afterAll(async () => {
  for (const node of nodes) if (!('unavailable' in node)) await node.close();
});

async function pair(set: readonly string[] = []) {
  const [one, two] = nodes;
  if (one === undefined || two === undefined || 'unavailable' in one || 'unavailable' in two) throw new Error(skipped);
  return [await startLinkedServer('q1', one, { set }), await startLinkedServer('q2', two, { set })] as const;
}

// No two of them are halves of one net, which dog2 would merge.
const A = ['10.1.0.1', '10.1.2.1', '10.1.4.1'];

describe.skipIf(skipped !== undefined)('two linked servers', () => {
  it('take over each other as their links say, from one moment to the next', async () => {
    const [q1, q2] = await pair();
    const office = await q1.create('zone', zone('office', A));
    await q2.create('zone', zone('office', ['10.2.0.1']));
    const out = await q1.link(q2, { direction: 'outbound' });
    const into = await q2.link(q1, { direction: 'inbound' });
    await hasSet(q2, 'office_zv4', [...A, '10.2.0.1']);
    expect(q1.sets()['office_zv4']).toEqual(A);

    await q2.edit('link', into, { address_handling: 'prefix' });
    await hasSet(q2, 'q1#office_zv4', A);
    await hasSet(q2, 'office_zv4', ['10.2.0.1']);

    await q1.edit('zone', office, { ipv4_addresses: [...A, '10.1.6.1'] });
    await hasSet(q2, 'q1#office_zv4', [...A, '10.1.6.1']);

    await q1.edit('link', out, { direction: 'bidirectional' });
    await q2.edit('link', into, { direction: 'bidirectional' });
    await hasSet(q1, 'office_zv4', [...A, '10.1.6.1', '10.2.0.1']);

    await q2.edit('link', into, { enabled: false });
    await hasSet(q2, 'q1#office_zv4', undefined);
    expect(q2.external('q1')?.state).toBe('inactive');
    const gone = await q2.api('DELETE', `/api/V2/link/${into}`);
    expect(gone.status).toBe(204);
    await until(() => q2.external('q1') === undefined, 'the external gone');
  }, 60_000);

  it('keep what they know through a disconnect, say that it is stale, and go on when it is over', async () => {
    const [q1, q2] = await pair();
    await q1.create('zone', zone('lab', A));
    await q1.link(q2, { direction: 'outbound' });
    await q2.link(q1, { direction: 'inbound' });
    await hasSet(q2, 'lab_zv4', A);
    const way = q1.wayTo('q2');
    way.set({ kind: 'refuse' });
    way.cut();
    const alarms = () => q2.server.state.alarms;
    await until(() => alarms().get('link.stale:q1'), 'stale');
    const ready = await q2.api('GET', '/readyz');
    expect((ready.json['reasons'] as string[]).join('\n')).toContain('alarm link.stale:q1: nothing is heard');
    expect(ready.json['ready']).toBe(true);
    const far = (await q1.api('GET', '/readyz')).json['reasons'] as string[];
    expect(far.join('\n')).toMatch(/link "q2": its broker is down/);
    way.set({ kind: 'none' });
    await until(() => alarms().get('link.stale:q1') === undefined, 'fresh again');
    for (const sets of q2.history().slice(q2.history().findIndex((each) => 'lab_zv4' in each)))
      expect(sets['lab_zv4'] === undefined || sets['lab_zv4'].length === 3).toBe(true);
    expect(q2.sets()['lab_zv4']).toEqual(A);
  }, 60_000);

  it('hold what takes away too much until an operator accepts it', async () => {
    const [q1, q2] = await pair();
    const lab = await q1.create('zone', zone('lab', A));
    await q1.link(q2, { direction: 'outbound' });
    const into = await q2.link(q1, { direction: 'inbound' });
    await hasSet(q2, 'lab_zv4', A);
    expect((await q2.api('POST', `/api/V2/link/${into}/accept`)).status).toBe(409);
    await q1.edit('zone', lab, { ipv4_addresses: ['10.1.0.1'] });
    await until(() => q2.server.state.alarms.get('link.held:q1'), 'held');
    const shown = await q2.api('GET', `/api/V2/link/${into}/status`);
    expect((shown.json['inbound'] as JsonObject)['held']).toMatchObject({ addresses: 3, lost: 2 });
    expect(shown.text).not.toContain('secret');
    expect((await q2.api('GET', `/api/V2/link/${into}/accept`)).json).toMatchObject({ addresses: 3, lost: 2 });
    expect(q2.sets()['lab_zv4']).toEqual(A);
    const accepted = await q2.api('POST', `/api/V2/link/${into}/accept`);
    expect([accepted.status, accepted.json['lost']]).toEqual([200, 2]);
    await hasSet(q2, 'lab_zv4', ['10.1.0.1']);
    expect(q2.server.state.alarms.get('link.held:q1')).toBeUndefined();
    expect((await q2.api('POST', '/api/V2/link/nobody/accept')).status).toBe(404);
  }, 60_000);
});
