import { describe, expect, it } from 'vitest';
import type { Broker } from '../../src/broker/broker.js';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { listenAsAgent, report, reportOf, startWholeServer, until, type WholeServer } from '../support/whole-server.js';

interface Answer extends JsonObject {
  readonly verdict: string;
  readonly cases: readonly (JsonObject & { readonly steps: readonly JsonObject[] })[];
  readonly taken_from_now: readonly string[];
}

const HOSTS = { web1: '192.0.2.10', web2: '192.0.2.20' } as const;
type HostName = keyof typeof HOSTS;

/** What is to be loaded now, as a host reports it. */
async function hashesOfNow(s: WholeServer, group: string): Promise<JsonObject> {
  const { set4, set6 } = await s.ruleset(group);
  return {
    hash4_ipsets: (set4 as JsonObject)['hash']!,
    hash6_ipsets: (set6 as JsonObject)['hash']!,
    ipset_hash: s.server.state.sets.published!.hash,
  };
}

async function nextSecond(): Promise<number> {
  const now = Math.floor(Date.now() / 1000);
  await until(() => Date.now() / 1000 >= now + 1, 'the next second');
  return now + 1;
}

/** Hosts report to hold these, in a second of its own. Gives a time at which all of them did. */
async function hold(
  s: WholeServer,
  broker: Broker,
  hosts: readonly HostName[],
  hashes: JsonObject,
  type: 'force' | 'keepalive' = 'keepalive',
): Promise<number> {
  await nextSecond();
  const { connection } = await listenAsAgent(broker, { hostkey: hosts[0]!, group: 'web' });
  const newest = async (host: HostName) => {
    const row = s.host(host);
    if (row === undefined) return undefined;
    const { json } = await s.api('GET', `/api/V2/host/${row.id}/history`);
    const [period] = json['periods'] as { from: number; to: number; hashes: JsonObject }[];
    return Object.entries(hashes).every(([key, hash]) => period?.hashes[key] === hash) ? period : undefined;
  };
  // Again until each was heard of when the last one had begun to hold it.
  const look = async () => {
    for (const host of hosts) {
      const interfaces = JSON.stringify({ eth0: [HOSTS[host]] });
      await report(connection, type, reportOf(host, 'web', { ...hashes, name: host, interfaces }));
    }
    const periods = (await Promise.all(hosts.map(newest))).filter((one) => one !== undefined);
    const at = Math.max(...periods.map(({ from }) => from));
    return periods.length === hosts.length && periods.every(({ to }) => to >= at) && at;
  };
  return until(look, `${hosts.join(', ')} in the history`, { timeout: 20_000, interval: 100 });
}

/** The history of sets has what is published, and the revisions what the group has. */
async function kept(s: WholeServer, group: string): Promise<void> {
  const hashes = await hashesOfNow(s, group);
  await until(async () => {
    const sets = await s.server.state.store.list('set_history');
    return sets.at(-1)?.doc['hash'] === hashes['ipset_hash'];
  }, 'the sets in the history');
  await until(async () => {
    const { json } = await s.api('GET', `/api/V2/group/${group}/revisions`);
    const [newest] = json['revisions'] as { hashes: JsonObject }[];
    return newest?.hashes['hash4_ipsets'] === hashes['hash4_ipsets'];
  }, 'the revision');
}

async function explain(s: WholeServer, body: JsonObject): Promise<Answer> {
  const answer = await s.api('POST', '/api/V2/explain', { protocol: 'tcp', port: 22, family: 'v4', ...body });
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  return answer.json as Answer;
}

/** What the end in `to` does with the first packet. */
function input({ cases }: Answer): readonly JsonObject[] {
  return cases.flatMap(({ steps }) => steps.filter(({ chain, state }) => chain === 'INPUT' && state === 'NEW'));
}

describe('explain in the past', () => {
  it('answers from the rules and sets that hosts reported then, across a restart', { timeout: 60_000 }, async () => {
    const data = temporaryDirectory();
    const broker = createMemoryBroker();
    const first = await startWholeServer({ data, broker });
    const before = Math.floor(Date.now() / 1000) - 5;
    const ssh = await first.create('service', {
      name: 'ssh',
      version: 1,
      services: [{ protocol: 'tcp', ports: ['22'] }],
    });
    const office = await first.create('zone', { name: 'office', ipv4_addresses: ['10.9.0.0/24'], ipv6_addresses: [] });
    const rule = { ...RULE, service: ssh, group: office, group_type: 'ZONE', states: ['NEW'], comment: 'admins' };
    const web = await first.group('web', [rule]);
    const settled = async (s: WholeServer, looks: (text: string) => boolean, addresses: string): Promise<void> => {
      await until(async () => {
        const { set4 } = await s.ruleset(web.group);
        const { published } = s.server.state.sets;
        return looks((set4 as { text: string }).text) && published?.text.includes(`office_zv4n ${addresses}\n`);
      }, 'what is to be held');
      await s.reaches(web.group, 'published');
      await kept(s, web.group);
    };
    await settled(first, (text) => text.includes('--dport 22'), '10.9.0.0/24');
    const one = await hashesOfNow(first, web.group);
    await hold(first, broker, ['web1', 'web2'], one, 'force');
    // The first report registers a host, the second makes it active: sets have its address from then on.
    await hold(first, broker, ['web1', 'web2'], one);
    await until(() => first.server.state.sets.published?.text.includes('web_gv4n 192.0.2.20'), 'both hosts');
    await kept(first, web.group);
    const t1 = await hold(first, broker, ['web1', 'web2'], await hashesOfNow(first, web.group));

    // The zone moves: the same rules, other sets. Only the first host loads them.
    // Times are whole seconds, and this is later than t1.
    await nextSecond();
    await first.edit('zone', office, { ipv4_addresses: ['10.9.0.0/25'] });
    await settled(first, () => true, '10.9.0.0/25');
    const two = await hashesOfNow(first, web.group);
    const t2 = await hold(first, broker, ['web1'], two);
    await first.stop();

    const s = await startWholeServer({ data, broker });
    await until(() => s.server.state.sets.published !== undefined, 'sets after the restart');
    await s.edit('ruleset', web.ruleset, { rules: { inbound: [{ ...rule, action: 'DROP' }], outbound: [] } });
    await s.edit('zone', office, { ipv4_addresses: ['10.9.0.0/26'] });
    await settled(s, (text) => !/--dport 22 .*ACCEPT/.test(text), '10.9.0.0/26');
    const three = await hashesOfNow(s, web.group);
    const t3 = await hold(s, broker, ['web1'], three);
    const foreign = { ...three, hash4_ipsets: 'f'.repeat(64) };
    const t4 = await hold(s, broker, ['web1'], foreign);
    const unheard = { ...three, ipset_hash: 'e'.repeat(64) };
    const t5 = await hold(s, broker, ['web1'], unheard);

    const to = 'host:web1';
    const from = '10.9.0.200';
    expect(await explain(s, { from, to, at: t1 })).toMatchObject({ at: t1, verdict: 'accept' });
    expect(await explain(s, { from, to, at: t2 })).toMatchObject({ verdict: 'drop' });
    expect(await explain(s, { from: '10.9.0.100', to, at: t2 })).toMatchObject({ verdict: 'accept' });
    const now = await explain(s, { from: '10.9.0.10', to, at: t3 });
    // The other host was silent by then: whether it had an address of 10.9.0.0/24 is taken from now.
    expect(now).toMatchObject({
      verdict: 'drop',
      taken_from_now: ['addresses of hosts', 'groups of hosts of which nothing is known then'],
    });
    expect(input(now)).toMatchObject([
      { host: 'web1', group: 'web', ipset_hash: three['ipset_hash'], verdict: 'drop' },
    ]);
    expect(input(now)[0]?.['line']).toContain('--dport 22');
    // The source of a line is told where policy still makes that very text.
    expect(input(now)[0]?.['source']).toMatchObject({ ruleset: web.ruleset, direction: 'inbound', index: 0 });
    const earlier = await explain(s, { from, to, at: t1 });
    expect(input(earlier)).toMatchObject([{ source: { former: true } }]);
    expect(Number(input(now)[0]?.['revision'])).toBeGreaterThan(Number(input(earlier)[0]?.['revision']));

    // A zone is what its set held then.
    const zone = await explain(s, { from: 'zone:office', to, at: t1 });
    expect(zone.cases).toMatchObject([{ from: { addresses: ['10.9.0.0/24'], names: ['zone:office'] } }]);
    expect(zone.taken_from_now).toEqual(['addresses of hosts']);

    // Hosts of one group that held different things: each for itself; the second was silent since its last report.
    const group = await explain(s, { from: '10.9.0.200', to: 'group:web', at: t1 });
    expect(group.verdict).toBe('accept');
    const both = await explain(s, { from: '10.9.0.200', to: 'group:web', at: t2 });
    expect(both.verdict).toBe('mixed');
    const byHost = new Map(both.cases.map(({ to: end, verdict }) => [(end as JsonObject)['addresses'], verdict]));
    expect([...byHost].sort()).toEqual([
      [['192.0.2.10'], 'drop'],
      [['192.0.2.20'], 'unknown'],
    ]);
    expect(input(both).flatMap(({ why }) => why ?? [])).toEqual(['the host has not been heard of since']);

    // What is not known is not guessed.
    const unknown = async (at: number): Promise<unknown> => {
      const answer = await explain(s, { from, to, at });
      expect([answer.verdict, input(answer)[0]?.['line'], input(answer)[0]?.['source']]).toEqual([
        'unknown',
        null,
        null,
      ]);
      return input(answer)[0]?.['why'];
    };
    expect(await unknown(t4)).toBe(
      `the host held rules with the hash ${'f'.repeat(64)}, which are no revision that is kept`,
    );
    expect(await unknown(t5)).toBe(`the host held sets with the hash ${'e'.repeat(64)}, which are none that are kept`);
    expect(await unknown(before)).toBe('what the host held is known from a later time on only');
    expect((await explain(s, { from: 'zone:office', to, at: before })).taken_from_now).toEqual([
      'addresses of hosts',
      'groups of hosts of which nothing is known then',
      'names of addresses',
      'which hosts there were',
      'zone:office',
    ]);
    await s.create('host', {
      name: 'silent',
      hostkey: 'hostkey-of-silent',
      group: 'web',
      environment: 'qa',
      location: '*',
      active: 'active',
      interfaces: JSON.stringify({ eth0: ['192.0.2.30'] }),
    });
    await until(() => s.host('hostkey-of-silent'), 'the host in the world');
    const never = await explain(s, { from, to: 'host:silent', at: t3 });
    expect([never.verdict, input(never)[0]?.['why']]).toEqual(['unknown', 'nothing that the host reported is kept']);

    // A row that was tampered with is noticed.
    const rows = await s.server.state.store.list('set_history');
    const whole = rows.filter(({ doc }) => doc['kind'] === 'whole');
    expect(rows.length).toBeGreaterThan(3);
    expect(whole).toHaveLength(1);

    // Who can reach it, then and now.
    const accepted = async (at: number): Promise<unknown> => {
      const { json } = await s.api('POST', '/api/V2/reach', { to, protocol: 'tcp', port: 22, family: 'v4', at });
      expect([json['at'], json['taken_from_now']]).toEqual([at, expect.arrayContaining(['addresses of hosts'])]);
      const rows = json['rows'] as { verdict: string; peer: { addresses: string[] } }[];
      return rows.flatMap(({ verdict, peer }) => (verdict === 'accept' ? peer.addresses : []));
    };
    expect([await accepted(t1), await accepted(t2), await accepted(t3)]).toEqual([
      ['10.9.0.0/24'],
      ['10.9.0.0/25'],
      [],
    ]);

    for (const [at, reason] of [
      [Math.floor(Date.now() / 1000) + 100, 'lies in the future'],
      [-1, 'must be epoch seconds'],
      [1.5, 'must be epoch seconds'],
      ['now', 'must be epoch seconds'],
      [null, 'must be epoch seconds'],
    ] as const) {
      const refused = await s.api('POST', '/api/V2/explain', { from: 'any', to, at });
      expect([at, refused.status, refused.json['field']]).toEqual([at, 400, 'at']);
      expect(refused.text).toContain(reason);
    }
    expect((await s.api('POST', '/api/V2/explain', { from: 'zone:nowhere', to, at: t1 })).status).toBe(404);

    const cli = async (...args: string[]) =>
      runCliInProcess(['explain', '--url', s.server.listening.api, '--protocol', 'tcp', '--port', '22', ...args]);
    const told = await cli('--from', from, '--to', to, '--at', String(t1));
    expect(told.out.split('\n')[0]).toBe('accept');
    expect(told.out).toContain('taken from now, since history does not say it: addresses of hosts, groups of ');
    const iso = await cli('--from', from, '--to', to, '--at', new Date(t2 * 1000).toISOString());
    expect([iso.code, iso.out.split('\n')[0]]).toEqual([0, 'drop']);
    const why = await cli('--from', from, '--to', to, '--at', String(t4));
    expect(why.out).toContain('      the host held rules with the hash');
    const bad = await cli('--from', from, '--to', to, '--at', 'yesterday');
    expect([bad.code, bad.err]).toEqual([64, expect.stringContaining('--at')]);
  });
});
