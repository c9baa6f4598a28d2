import { describe, expect, it } from 'vitest';
import { CompileBook } from '../../src/firewall/policy/compile-book.js';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import { finish } from '../../src/firewall/finish.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { packRulesetSync, type StoredRuleset } from '../../src/model/stored-ruleset.js';
import type { GuardJudgement, Judgement, WantedJudgements } from '../../src/plan/assertions/assess.js';
import { Court } from '../../src/plan/assertions/court.js';
import { isRefused } from '../../src/plan/assertions/assess.js';
import type { Guard } from '../../src/plan/assertions/guard.js';
import { guardBook } from '../../src/plan/assertions/guard-book.js';
import { overlayPolicy } from '../../src/plan/overlay-policy.js';
import { SetLook } from '../../src/plan/set-look.js';
import { wouldShip } from '../../src/plan/would-ship.js';
import { World, WORLD_TABLES, type WorldTableName } from '../../src/world/world.js';
import { RULE } from '../support/api-client.js';

const SSH: Guard = {
  id: 'ssh_from zone:office',
  name: 'ssh from the office',
  kind: 'ssh_from',
  end: 'zone:office',
  way: 'to hosts',
  protocol: 6,
  port: 22,
};
const BROKER: Guard = {
  id: 'broker 10.9.0.9:5672',
  name: 'the broker',
  kind: 'broker',
  end: '10.9.0.9',
  way: 'from hosts',
  protocol: 6,
  port: 5672,
};

const sshRule = { ...RULE, group_type: 'ZONE', group: 'office', service: 'ssh' };
function rulesOf(inbound: readonly JsonObject[], outbound: readonly JsonObject[] = []) {
  return { inbound, outbound };
}

function groupRows(name: string, rules: JsonObject): Readonly<Record<string, Document>> {
  return {
    group: { id: `g-${name}`, name, profile_id: `p-${name}` },
    profile: { id: `p-${name}`, name },
    ruleset: { id: `r-${name}`, name, profile_id: `p-${name}`, rules },
  };
}

function host(name: string, group: string, address: string, active = 'active'): Document {
  return {
    id: `h-${name}`,
    name,
    hostkey: `key-${name}`,
    group,
    active,
    interfaces: JSON.stringify({ eth0: [address] }),
  };
}

/** Two groups that operators reach, `web` with a host and `db` with one, and one that they don't, `dark`, with one. */
function startCourt() {
  const world = new World({ generateUnset: false });
  const groups = [
    groupRows('web', rulesOf([sshRule])),
    groupRows('db', rulesOf([sshRule])),
    groupRows('dark', rulesOf([])),
    groupRows('empty', rulesOf([])),
  ];
  const rows: Partial<Record<WorldTableName, readonly Document[]>> = {
    group: groups.map((each) => each['group'] as Document),
    profile: groups.map((each) => each['profile'] as Document),
    ruleset: groups.map((each) => each['ruleset'] as Document),
    service: [
      { id: 'ssh', name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] },
      { id: 'amqp', name: 'amqp', version: 1, services: [{ protocol: 'tcp', ports: ['5672'] }] },
    ],
    zone: [
      { id: 'office', name: 'office', ipv4_addresses: ['10.0.0.0/24'], ipv6_addresses: [] },
      { id: 'spare', name: 'spare', ipv4_addresses: ['10.0.0.0/16'], ipv6_addresses: [] },
    ],
    host: [host('web1', 'web', '10.1.0.1'), host('db1', 'db', '10.2.0.1'), host('dark1', 'dark', '10.3.0.1')],
  };
  for (const table of WORLD_TABLES) world.reconcile(table, rows[table] ?? []);
  const options = { dialect: 'dog2', generateUnset: false, ipsetScope: 'all' } as const;
  const pinned = new Map<string, StoredRuleset>();
  /** Holds a group at what these rules would compile to. */
  const hold = (name: string, rules: JsonObject) => {
    const id = `r-${name}`;
    const after = groupRows(name, rules)['ruleset'] as Document;
    const policy = overlayPolicy(world.policy, [{ table: 'ruleset', change: { id, after } }]);
    const compiled = compileGroup(policy, `g-${name}`, options);
    if (!compiled.ok) throw new Error(compiled.error.message);
    pinned.set(`g-${name}`, packRulesetSync(compiled, compiled.sets));
  };
  const needs = {
    ...options,
    world,
    pinned: () => pinned,
    compiles: new CompileBook(world.policy, options),
    contents: () => new Map<string, readonly string[]>(),
    look: new SetLook('dog2'),
    court: new Court('dog2'),
  };
  const judge = (
    writes: readonly (readonly [WorldTableName, string, Document | undefined])[],
    wanted: Partial<WantedJudgements>,
  ) =>
    finish(
      wouldShip(
        needs,
        writes.map(([table, id, after]) => {
          const before = world.rows(table).get(id);
          return { table, change: { id, ...(before && { before }), ...(after && { after }) } };
        }),
        { effects: false, judged: { assertions: [], guards: [SSH, BROKER], which: 'turned', ...wanted } },
      ),
    ).judgements;
  /** What is refused of a write, by guard and group. */
  const refused = (...writes: readonly (readonly [WorldTableName, string, Document | undefined])[]) =>
    judge(writes, {})
      .guards.filter(isRefused)
      .map(({ id }) => id);
  return { judge, refused, hold };
}

function edited(name: string, rules: JsonObject) {
  return ['ruleset', `r-${name}`, groupRows(name, rules)['ruleset'] as Document] as const;
}
function states(guards: readonly GuardJudgement[]) {
  return guards.map(({ id, before, after }) => [id, before, after]);
}

describe('guards', () => {
  it('are judged group by group, so that one that never held hides none that did', () => {
    const { judge, refused } = startCourt();
    expect(states(judge([], { which: 'all', guards: [SSH] }).guards)).toEqual([
      ['ssh_from zone:office group:dark', 'broken', 'broken'],
      ['ssh_from zone:office group:db', 'holds', 'holds'],
      ['ssh_from zone:office group:web', 'holds', 'holds'],
    ]);
    expect(refused(edited('web', rulesOf([])))).toEqual(['ssh_from zone:office group:web']);
    expect(refused(edited('dark', rulesOf([{ ...RULE, action: 'DROP' }])))).toEqual([]);
    // Another order of rules changes nothing.
    expect(refused(edited('web', rulesOf([sshRule, { ...RULE, action: 'DROP' }])))).toEqual([]);
    expect(refused(edited('web', rulesOf([{ ...RULE, action: 'DROP' }, sshRule])))).toHaveLength(1);
  });

  it('ask no host to let itself in by another interface than lo', () => {
    const { judge, refused } = startCourt();
    const bastion: Guard = { ...SSH, id: 'ssh_from host:dark1', end: 'host:dark1' };
    const fromDark = { ...RULE, group_type: 'ROLE', group: 'g-dark', service: 'ssh' };
    const all = () => judge([], { which: 'all', guards: [bastion] }).guards;
    // Its own group has no rule for ssh, and needs none while it is the only host.
    expect(states(all())).toContainEqual(['ssh_from host:dark1 group:dark', 'holds', 'holds']);
    expect(states(all())).toContainEqual(['ssh_from host:dark1 group:web', 'broken', 'broken']);
    const joined = (rules: readonly JsonObject[]) =>
      states(
        judge([['host', 'h-dark2', host('dark2', 'dark', '10.3.0.2')], edited('dark', rulesOf(rules))], {
          which: 'all',
          guards: [bastion],
        }).guards,
      );
    expect(joined([])).toContainEqual(['ssh_from host:dark1 group:dark', 'holds', 'broken']);
    expect(joined([fromDark])).toContainEqual(['ssh_from host:dark1 group:dark', 'holds', 'holds']);
    expect(refused(['host', 'h-dark1', host('dark1', 'dark', '10.3.0.7')])).toEqual([]);
  });

  it('notice what a service, a zone or a network does to many groups at once', () => {
    const { refused, judge } = startCourt();
    const both = ['ssh_from zone:office group:db', 'ssh_from zone:office group:web'];
    const moved = { id: 'ssh', name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['2222'] }] };
    expect(refused(['service', 'ssh', moved])).toEqual(both);
    const office = (ipv4: readonly string[]) => ({
      id: 'office',
      name: 'office',
      ipv4_addresses: ipv4,
      ipv6_addresses: [],
    });
    // Rules and guard move together, unless nobody is left.
    expect(refused(['zone', 'office', office(['10.0.8.0/24'])])).toEqual([]);
    expect(refused(['zone', 'office', office([])])).toEqual(both);
    expect(judge([['zone', 'office', office([])]], {}).guards[1]).toMatchObject({
      after: 'unknown',
      reason: 'from: zone:office has no address',
    });
    expect(judge([edited('web', rulesOf([]))], { guards: [SSH] }).guards).toMatchObject([
      {
        witness: {
          dport: 22,
          dst: '10.1.0.1',
          verdict: 'drop',
          steps: [{ host: null }, { host: 'web1', chain: 'INPUT' }],
        },
      },
    ]);
  });

  it('let new groups, hosts and zones come, and hosts that had no ssh anyway; but none lose it by a move', () => {
    const { refused } = startCourt();
    const fresh = groupRows('new', rulesOf([]));
    const rows = (['group', 'profile', 'ruleset'] as const).map((table) => {
      const doc = fresh[table] as Document;
      return [table, doc.id, doc] as const;
    });
    expect(refused(...rows, ['host', 'h-n', host('n', 'new', '10.4.0.1')])).toEqual([]);
    expect(refused(['host', 'h-n', host('n', 'empty', '10.4.0.1')])).toEqual([]);
    expect(refused(['host', 'h-n', host('n', 'dark', '10.4.0.1')])).toEqual([]);
    expect(refused(['host', 'h-n', host('n', 'web', '10.4.0.1')])).toEqual([]);
    expect(refused(['host', 'h-web1', host('web1', 'db', '10.1.0.1')])).toEqual([]);
    expect(refused(['host', 'h-web1', undefined])).toEqual([]);
    expect(refused(['host', 'h-web1', host('web1', 'dark', '10.1.0.1')])).toEqual(['ssh_from zone:office group:dark']);
    expect(refused(['host', 'h-web1', host('web1', 'empty', '10.1.0.1')])).toEqual([
      'ssh_from zone:office group:empty',
    ]);
    expect(refused(['host', 'h-dark1', host('dark1', 'empty', '10.3.0.1')])).toEqual([]);
    // Without a profile hosts keep the rules that they have.
    expect(refused(['group', 'g-web', { id: 'g-web', name: 'web', profile_id: '' }])).toEqual([]);
    expect(refused(['ruleset', 'r-web', undefined])).toEqual(['ssh_from zone:office group:web']);
  });

  it('keep the way to the broker open, in state NEW', () => {
    const { refused, judge } = startCourt();
    expect(refused(edited('web', rulesOf([sshRule], [{ ...RULE, action: 'DROP', service: 'amqp' }])))).toEqual([
      'broker 10.9.0.9:5672 group:web',
    ]);
    const kept = { ...RULE, action: 'DROP', service: 'amqp', states: ['NEW'] };
    expect(judge([edited('web', rulesOf([sshRule], [kept]))], {}).guards.filter(isRefused)).toMatchObject([
      {
        group: 'web',
        witness: {
          dst: '10.9.0.9',
          dport: 5672,
          steps: [
            {
              chain: 'OUTPUT',
              state: 'NEW',
              verdict: 'drop',
              source: { ruleset: 'r-web', direction: 'outbound', index: 0, comment: RULE.comment },
            },
          ],
        },
      },
    ]);
    expect(refused(edited('web', rulesOf([sshRule], [{ ...RULE, action: 'DROP', service: 'ssh' }])))).toEqual([]);
    // A broker on a host of ours must let it in as well.
    const onDb: Guard = { ...BROKER, id: 'broker db', end: '10.2.0.1' };
    const open = edited('db', rulesOf([sshRule, { ...RULE, service: 'amqp' }]));
    expect(judge([open], { guards: [onDb], which: 'touched' }).guards).toMatchObject([
      { group: 'dark', before: 'broken', after: 'holds' },
      // Its own host reaches it by lo.
      { group: 'db', before: 'holds', after: 'holds' },
      { group: 'web', before: 'broken', after: 'holds' },
    ]);
  });
});

describe('where a group is held at a revision', () => {
  const spareRule = { ...sshRule, group: 'spare' };
  const spare = (ipv4_addresses: readonly string[]) =>
    ['zone', 'spare', { id: 'spare', name: 'spare', ipv4_addresses, ipv6_addresses: [] }] as const;
  const web = 'ssh_from zone:office group:web';

  it('a write is judged over what it makes ship too: sets that only the revision names, hosts that come', () => {
    const { refused, hold } = startCourt();
    expect(refused(spare(['10.0.9.0/24']))).toEqual([]);
    hold('web', rulesOf([spareRule]));
    expect(refused(spare(['10.0.9.0/24']))).toEqual([web]);
    expect(refused(spare(['10.0.0.0/24']))).toEqual([]);
    hold('web', rulesOf([]));
    expect(refused(['host', 'h-db1', host('db1', 'web', '10.2.0.1')])).toEqual([web]);
    expect(refused(spare(['10.0.9.0/24']))).toEqual([]);
  });

  it('edits that wait are judged as if they shipped, before and after', () => {
    const { refused, hold } = startCourt();
    hold('web', rulesOf([sshRule]));
    expect(refused(edited('web', rulesOf([])))).toEqual([web]);
    hold('web', rulesOf([]));
    expect(refused(edited('web', rulesOf([])))).toEqual([web]);
    // What ships has no ssh already, and an edit that waits takes none away.
    expect(refused(edited('web', rulesOf([sshRule, { ...RULE, action: 'DROP' }])))).toEqual([]);
  });
});

describe('an assertion', () => {
  const expectation = (change: JsonObject): Document => ({
    id: 'a',
    name: 'a',
    from: 'zone:office',
    to: 'group:web',
    protocol: 'tcp',
    port: 22,
    expect: 'accept',
    mode: 'enforce',
    ...change,
  });
  const judged = (s: ReturnType<typeof startCourt>, change: JsonObject, which: WantedJudgements['which'] = 'all') =>
    s.judge([], { guards: [], assertions: [expectation(change)], which }).assertions[0] as Judgement;

  it('is about all packets of all pairs of its ends', () => {
    const s = startCourt();
    expect(judged(s, {}).after).toBe('holds');
    expect(judged(s, { from: '10.0.0.0/23' })).toMatchObject({
      after: 'broken',
      witness: { src: expect.stringMatching(/^10\.0\.1\./) as string },
    });
    expect(judged(s, { from: '10.0.0.0/23', expect: 'refuse' }).after).toBe('broken');
    expect(judged(s, { from: '10.0.1.0/24', expect: 'refuse' }).after).toBe('holds');
    expect(judged(s, { port: 23 }).after).toBe('broken');
    expect(judged(s, { port: 23, expect: 'refuse' }).after).toBe('holds');
    expect(judged(s, { to: 'group:all-active' })).toMatchObject({ after: 'broken', witness: { dst: '10.3.0.1' } });
    expect(judged(s, { to: '10.1.0.1' }).after).toBe('holds');
    expect(judged(s, { from: 'host:web1', to: 'any', port: 80 })).toMatchObject({ after: 'broken' });
  });

  it('says which rule the lines of its packet come from, also where another ruleset makes the same text', () => {
    const s = startCourt();
    const of = (document: string) =>
      s.judge([['ruleset', document, { ...groupRows('dark', rulesOf([]))['ruleset'], id: document }]], {
        guards: [],
        assertions: [expectation({ to: 'group:dark' })],
        which: 'all',
      }).assertions[0]?.witness?.['steps'];
    expect(of('r-dark')).toMatchObject([{ source: null }, { group: 'dark', source: { fixed: 'policy' } }]);
    const dropped = (document: string) => {
      const rules = rulesOf([{ ...RULE, action: 'DROP' }]);
      const doc = { ...groupRows('dark', rules)['ruleset'], id: document } as Document;
      const gone = document === 'r-dark' ? [] : ([['ruleset', 'r-dark', undefined]] as const);
      return s.judge([...gone, ['ruleset', document, doc]], {
        guards: [],
        assertions: [expectation({ to: 'group:dark' })],
        which: 'all',
      }).assertions[0]?.witness?.['steps'];
    };
    for (const document of ['r-dark', 'r-other', 'r-dark'])
      expect(dropped(document)).toMatchObject([
        { source: null },
        { source: { ruleset: document, direction: 'inbound', index: 0 } },
      ]);
  });

  it('of groups without hosts holds, and is unknown where nothing can be said', () => {
    const s = startCourt();
    expect(judged(s, { to: 'group:empty' })).toMatchObject({
      after: 'holds',
      reason: 'to: group:empty has no address',
    });
    expect(judged(s, { from: 'group:empty' })).toMatchObject({
      after: 'unknown',
      reason: 'from: group:empty has no address',
    });
    expect(judged(s, { from: 'group:empty', expect: 'refuse' }).after).toBe('holds');
    expect(judged(s, { from: '2001:db8::/32' })).toMatchObject({
      after: 'unknown',
      reason: '2001:db8::/32 and group:web have no family in common',
    });
    expect(judged(s, { family: 'v6' }).after).toBe('unknown');
    // Hosts without rules of ours: named, nobody knows; by their addresses, they are like those of others.
    const bare = [
      ['group', 'g-bare', { id: 'g-bare', name: 'bare', profile_id: '' }],
      ['host', 'h-bare', host('bare1', 'bare', '10.5.0.1')],
    ] as const;
    const after = (to: string) =>
      s.judge(bare, { guards: [], assertions: [expectation({ to })], which: 'all' }).assertions[0];
    expect(after('group:bare')).toMatchObject({
      after: 'unknown',
      reason: expect.stringContaining('nothing is made for the group bare') as string,
    });
    expect(after('10.5.0.1')).toMatchObject({ after: 'holds' });
    expect(judged(s, { to: 'group:none' }).reason).toContain('no group "none"');
    expect(judged(s, { protocol: 'nonsense' }).reason).toContain('neither a protocol');
  });
});

describe('the guards of a configuration', () => {
  const settings = { sshFrom: ['zone:office'], dns: ['10.0.0.53'], brokers: [{ host: 'rabbit', port: 5671 }] };

  it('name what is guarded; the addresses of the broker are looked up, and the last ones count', async () => {
    let now = 0;
    let answer: () => Promise<readonly string[]> = () => Promise.resolve(['10.9.0.9', '2001:db8::9']);
    const book = guardBook(
      settings,
      () => now,
      () => answer(),
    );
    const ids = async () => (await book.current()).guards.map(({ id }) => id);
    const all = ['ssh_from zone:office', 'dns 10.0.0.53', 'broker 10.9.0.9:5671', 'broker [2001:db8::9]:5671'];
    expect(await ids()).toEqual(all);
    answer = () => Promise.reject(new Error('EAI_AGAIN'));
    now = 61_000;
    expect(await ids()).toEqual(all);
    answer = () => Promise.resolve(['10.9.0.10']);
    now = 100_000;
    expect(await ids()).toEqual(all);
    now = 122_000;
    expect((await ids()).at(-1)).toBe('broker 10.9.0.10:5671');
  });

  it('are idle, and refuse nothing, while no address is known or only one of this machine', async () => {
    const failing = guardBook(
      { ...settings, sshFrom: [], dns: [] },
      () => 0,
      () => Promise.reject(new Error('ENOTFOUND')),
    );
    expect(await failing.current()).toEqual({
      guards: [],
      idle: [
        {
          id: 'broker rabbit:5671',
          name: 'every host may connect to the broker rabbit port 5671',
          reason: 'rabbit cannot be looked up: ENOTFOUND',
        },
      ],
    });
    const local = guardBook({ sshFrom: [], dns: [], brokers: [{ host: '127.0.0.1', port: 5672 }] }, () => 0);
    expect((await local.current()).guards).toEqual([]);
    expect((await local.current()).idle).toMatchObject([
      { reason: expect.stringContaining("this machine's own") as string },
    ]);
  });
});
