import { describe, expect, it } from 'vitest';
import { listenToAll } from '../support/whole-server.js';
import { startVirtualServer, type VirtualServer } from '../support/virtual-server.js';

const KEY = 'host-key-0001';
const NAME = `${KEY}.example.net`;
const MINUTE = 60_000;
/** What the Elixir agent reports of its rules, whatever they are. */
const QUOTED = {
  hash4_ipsets: 'bbfaeb52735bc693c01dae7f639036495380becf80b36d0d25d61f4b3ef49bd0',
  hash6_ipsets: 'd8431cac08b1be6ada4f9b3d586e633773fb42586970a72f4254bdf4ddb2889c',
};

async function serverWithWeb() {
  const w = await startVirtualServer();
  return { w, web: await w.group('web') };
}

async function minutes(w: VirtualServer, count: number, more: object): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    await w.says('keepalive', KEY, { ...more });
    await w.pass(MINUTE);
  }
}
async function drift(w: VirtualServer) {
  return (await w.flow(w.api('GET', `/api/V2/host/${String(w.host(KEY)?.id)}/drift`))).json;
}
async function ready(w: VirtualServer) {
  return (await w.flow(w.api('GET', '/readyz'))).text;
}
async function metrics(w: VirtualServer) {
  return w.flow(fetch(`${w.server.listening.metrics}/metrics`).then((answer) => answer.text()));
}

describe('a host whose agent cannot show its rules', { timeout: 120_000 }, () => {
  it.each([
    ['with sets', QUOTED],
    ['without sets', { hash4_iptables: QUOTED.hash4_ipsets, hash6_iptables: QUOTED.hash6_ipsets }],
    [
      'from another directory',
      {
        hash4_ipsets: 'ebef4a70f5243165ce0f603b29682cc92036b62f8848c379bb3714c2613ce32c',
        hash6_ipsets: 'd5c2192b2d61576bbf8a37109196ff07dab1c4aa73ad8563dc6586e9c5a5716b',
      },
    ],
  ])('%s is unverified: no mismatch, no repair, no mail', async (_, hashes) => {
    const { w } = await serverWithWeb();
    await w.says('force', KEY, hashes);
    const wire = await listenToAll(w.broker);
    await minutes(w, 30, hashes);
    expect(w.host(KEY)).toMatchObject({ active: 'active', hashpass: true, hash_fail_count: 0, unverified: true });
    expect(wire.texts(`*.*.*.${KEY}`)).toEqual([]);
    expect(w.subjects()).toEqual([]);
    expect(await drift(w)).toMatchObject({ unverified: true, differing: [], repair_attempts: 0 });
    expect(await ready(w)).toContain('hosts: 1 cannot show their rules (unverified)');
    expect(await metrics(w)).toContain('\ndog_trainer_hosts_unverified 1\n');
    expect(w.server.state.alarms.list()).toEqual([]);
  });

  it('is watched for its sets as ever', async () => {
    const { w } = await serverWithWeb();
    await w.says('force', KEY, QUOTED);
    await minutes(w, 2, QUOTED);
    const wire = await listenToAll(w.broker);
    await minutes(w, 8, { ...QUOTED, ipset_hash: 'f'.repeat(64) });
    expect(w.host(KEY)).toMatchObject({ hashpass: false, unverified: true });
    await w.awaits(() => w.subjects().length === 1, 'the mail');
    expect(w.subjects()).toEqual([`Dog Locally Modified On: ${NAME}`]);
    expect(wire.keys()).toContain(`*.*.*.${KEY}`);
    expect(wire.texts(`*.*.*.${KEY}`)).toEqual([]);
  });

  it('that showed them before raises an alarm, which goes with what caused it; nobody is told it is back in control', async () => {
    const { w } = await serverWithWeb();
    await w.settle(KEY);
    await minutes(w, 8, { hash4_ipsets: 'e'.repeat(64) });
    await w.awaits(() => w.subjects().length === 1, 'the mail');
    expect(w.subjects()).toEqual([`Dog Locally Modified On: ${NAME}`]);
    await minutes(w, 3, QUOTED);
    expect(w.server.state.alarms.get('hosts.unverified')?.text).toContain(NAME);
    expect(w.subjects().filter((subject) => subject.includes('Control'))).toEqual([]);
    await minutes(w, 3, {});
    expect(w.host(KEY)?.unverified).toBeUndefined();
    expect(w.server.state.alarms.get('hosts.unverified')).toBeUndefined();
  });

  /** Three edits, each with time enough to be loaded. */
  const edits = async (w: VirtualServer, ruleset: string, hashes: object): Promise<void> => {
    for (const port of [1, 2, 3]) {
      const rules = { inbound: [{ ...RULE_OF, comment: `edit ${port}` }], outbound: [] };
      await w.flow(w.edit('ruleset', ruleset, { rules }));
      await minutes(w, 6, hashes);
    }
  };
  const RULE_OF = {
    action: 'ACCEPT',
    active: true,
    type: 'BASIC',
    group_type: 'ANY',
    group: 'any',
    service: 'any',
    states: [],
    log: false,
    log_prefix: '',
    interface: '',
  };
  const STILL = { hash4_ipsets: '1'.repeat(64), hash6_ipsets: '2'.repeat(64) };

  it('is known by hashes that never change while its rulesets do', async () => {
    const { w, web } = await serverWithWeb();
    await w.says('force', KEY, STILL);
    await minutes(w, 6, STILL);
    expect(w.host(KEY)).toMatchObject({ hashpass: false });
    await edits(w, web.ruleset, STILL);
    expect(w.host(KEY)).toMatchObject({ hashpass: true, unverified: true });
    await minutes(w, 2, { ...STILL, hash4_ipsets: '3'.repeat(64) });
    expect(w.host(KEY)?.unverified).toBeUndefined();
  });

  it.each([
    ['of the Erlang agent', {}, { docker_container_ids: [] }],
    ['that once was right', undefined, {}],
  ])('is not one %s that loads nothing any more', async (_, first, more) => {
    const { w, web } = await serverWithWeb();
    if (first === undefined) await w.settle(KEY);
    else await w.says('force', KEY, { ...STILL, ...more });
    await edits(w, web.ruleset, { ...STILL, ...more });
    expect(w.host(KEY)).toMatchObject({ hashpass: false });
    expect(w.host(KEY)?.unverified).toBeUndefined();
  });
});
