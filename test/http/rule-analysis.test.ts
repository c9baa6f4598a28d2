import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { RULE } from '../support/api-client.js';
import { startWholeServer, until } from '../support/whole-server.js';

it('tells which rules never decide or are not needed, whom nobody uses, and which sets are near their limit', async () => {
  const whole = await startWholeServer();
  const service = (name: string, ports: readonly string[]) =>
    whole.create('service', { name, version: 1, services: [{ protocol: 'tcp', ports }] });
  const [ssh, web, idle] = [
    await service('ssh', ['22']),
    await service('web', ['22', '443']),
    await service('idle', ['1']),
  ];
  const zone = (name: string, ipv4_addresses: readonly string[]) =>
    whole.create('zone', { name, ipv4_addresses, ipv6_addresses: [] });
  const big = Array.from({ length: 60_000 }, (_, n) => `10.${n >> 15}.${(n >> 7) & 255}.${(n & 127) * 2}`);
  const [lab, spare, large] = [await zone('lab', ['10.0.0.0/8']), await zone('spare', []), await zone('large', big)];
  const from = (group: string, rest: JsonObject) => ({ ...RULE, group, group_type: 'ZONE', ...rest });
  const inbound = [
    { ...RULE, service: web, comment: 'first' },
    from(lab, { service: ssh, action: 'DROP', comment: 'too late' }),
    from(lab, { action: 'DROP', comment: 'as the policy' }),
    from(large, { service: ssh, active: false }),
  ];
  const one = await whole.group('one', inbound);
  const two = await whole.create('group', {
    name: 'two',
    description: '',
    profile_id: one.profile,
    profile_name: 'one',
    profile_version: 'latest',
  });
  const { profile } = await whole.profile('nobody', []);
  await whole.create('host', {
    name: 'h',
    hostkey: 'hostkey-of-h',
    group: 'one',
    environment: 'qa',
    location: '*',
    active: 'active',
    interfaces: JSON.stringify({ eth0: ['192.0.2.10'] }),
  });
  const answer = await until(async () => {
    const { status, json } = await whole.api('GET', '/api/V2/analysis/rules');
    return status === 200 && (json['sets'] as JsonObject[] | null)?.length === 1 && json;
  }, 'the sets being published');
  const source = (index: number, comment: string) => ({ ruleset: one.ruleset, direction: 'inbound', index, comment });
  const never = (family: string, lineNumber: number) => ({
    kind: 'never',
    family,
    source: source(1, 'too late'),
    whole: true,
    differs: true,
    groups: ['one', 'two'],
    group_count: 2,
    lines: [
      {
        line: expect.stringContaining('--dport 22 -m comment --comment "too late" -j DROP') as string,
        line_number: lineNumber,
        differs: true,
        by: [
          {
            verdict: 'accept',
            line: expect.stringContaining('--dports 22,443') as string,
            line_number: lineNumber - 1,
            source: source(0, 'first'),
          },
        ],
      },
    ],
  });
  const needless = (family: string, lineNumber: number) => ({
    kind: 'needless',
    family,
    source: source(2, 'as the policy'),
    whole: true,
    differs: false,
    lines: [
      { line_number: lineNumber, differs: false, by: [{ verdict: 'drop', line: null, source: { fixed: 'policy' } }] },
    ],
  });
  const rules = answer['rules'] as { family: string }[];
  expect(rules).toHaveLength(4);
  expect(rules.filter(({ family }) => family === 'v4')).toMatchObject([never('v4', 8), needless('v4', 9)]);
  // The set of lab is empty in IPv6, so that nothing comes to its rules there.
  expect(rules.filter(({ family }) => family === 'v6')).toMatchObject([
    { kind: 'never', lines: [{ by: [], differs: false }] },
    { kind: 'never', lines: [{ by: [], differs: false }] },
  ]);
  expect(answer).toMatchObject({
    errors: [],
    unused: {
      services: [{ id: idle, name: 'idle' }],
      zones: [{ id: spare, name: 'spare' }],
      groups: [{ id: two, name: 'two' }],
      profiles: [{ id: profile, name: 'nobody' }],
    },
    sets: [{ name: 'large_zv4', state: 'near', count: 60_000, limit: 65_536 }],
  });

  // As lines: how far it has come, and the same answer.
  const lines = await fetch(`${whole.server.listening.api}/api/V2/analysis/rules`, {
    headers: { accept: 'application/x-ndjson' },
  });
  expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
  const news = (await lines.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  expect(news.at(0)).toEqual({ progress: { groups: 1, of: 2, found: 4 } });
  expect(news.at(-1)).toEqual({ result: answer });

  const group = await whole.api('GET', `/api/V2/group/${one.group}/analysis`);
  expect(group.json).toMatchObject({ id: one.group, name: 'one', error: null, sets: [] });
  expect(group.json['rules']).toHaveLength(4);
  expect((await whole.api('GET', '/api/V2/group/one/analysis')).json).toEqual(group.json);
  expect((await whole.api('GET', '/api/V2/group/x/analysis')).status).toBe(404);
});
