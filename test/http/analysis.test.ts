import { describe, expect, it } from 'vitest';
import { analysisFleet } from '../support/analysis-fleet.js';
import { startWholeServer, until } from '../support/whole-server.js';

describe('questions about what hosts let through', () => {
  it('explain tells every step, the line that decides, and the rule that it came from', async () => {
    const { whole, ids } = await analysisFleet();
    const ask = (body: object) => whole.api('POST', '/api/V2/explain', body);
    const line =
      '-A INPUT -p tcp -m set --match-set office_zv4 src -m tcp --dport 22 -m state --state NEW -m comment --comment admins -j ACCEPT';
    const open = await until(async () => {
      const answer = await ask({ from: 'zone:office', to: 'host:web1', protocol: 'tcp', port: 22 });
      return answer.json['verdict'] === 'accept' && answer;
    }, 'ssh being accepted');
    expect(open.json).toMatchObject({
      verdict: 'accept',
      cases: [
        {
          family: 'v4',
          verdict: 'accept',
          from: { addresses: ['10.9.0.0/24'], count: '256', names: ['zone:office'] },
          to: { addresses: ['192.0.2.10'], count: '1' },
          protocol: 'tcp',
          ports: '22',
          witness: { src: '10.9.0.1', dst: '192.0.2.10', protocol: 'tcp', sport: 32768, dport: 22 },
          steps: [
            { host: null, group: null, chain: 'OUTPUT', state: 'NEW', verdict: 'unmanaged', line: null },
            {
              host: 'web1',
              group: 'web',
              chain: 'INPUT',
              state: 'NEW',
              verdict: 'accept',
              line,
              line_number: 7,
              source: { ruleset: ids['webRules'], direction: 'inbound', index: 1, comment: 'admins' },
            },
            { host: 'web1', chain: 'OUTPUT', state: 'ESTABLISHED', verdict: 'accept' },
            { host: null, chain: 'INPUT', state: 'ESTABLISHED', verdict: 'unmanaged' },
          ],
        },
      ],
    });
    expect((open.json['cases'] as { to: { names: string[] } }[])[0]?.to.names.sort()).toEqual([
      'group:web',
      'host:web1',
    ]);

    // A host reaches itself by lo, whatever its rules say of other interfaces.
    const self = { from: 'host:web1', to: 'host:web1', protocol: 'tcp', port: 25 };
    expect((await ask(self)).json).toMatchObject({
      verdict: 'accept',
      cases: [
        { steps: [{}, { chain: 'INPUT', line: '-A INPUT -i lo -m comment --comment "local any" -j ACCEPT' }, {}, {}] },
      ],
    });
    // Somebody else may send packets with its address.
    expect((await ask({ ...self, in: 'eth0', out: 'eth0' })).json['verdict']).toBe('drop');

    const rejected = await until(async () => {
      const answer = await ask({ from: 'group:web', to: 'host:db1', protocol: 'tcp', port: 5432 });
      return answer.json['verdict'] === 'reject' && answer.json;
    }, 'the outbound rule in effect');
    expect(rejected['cases']).toMatchObject([
      {
        steps: [
          {
            host: null,
            group: 'web',
            chain: 'OUTPUT',
            verdict: 'reject',
            source: { ruleset: ids['webRules'], direction: 'outbound', index: 0 },
          },
        ],
      },
    ]);

    const refused = await ask({ from: '203.0.113.1', to: 'host:web1', protocol: 'tcp', port: 22 });
    expect(refused.json).toMatchObject({
      verdict: 'drop',
      cases: [{ from: { names: [] }, steps: [{}, { verdict: 'drop', line: null, source: { fixed: 'policy' } }] }],
    });
    const answered = await ask({ from: 'host:db1', to: '203.0.113.1', protocol: 'udp', port: 53 });
    expect(answered.json).toMatchObject({
      verdict: 'accept',
      cases: [{ steps: [{}, {}, {}, { chain: 'INPUT', state: 'ESTABLISHED', source: { fixed: 'skeleton' } }] }],
    });

    const mixed = await ask({ from: 'any', to: 'group:web', protocol: 'tcp', port: 22, family: 'v4' });
    expect(mixed.json['verdict']).toBe('mixed');
    const counts = (mixed.json['cases'] as { from: { count: string } }[]).map(({ from }) => BigInt(from.count));
    expect(counts.reduce((a, b) => a + b)).toBe(2n ** 32n);

    const reach = await whole.api('POST', '/api/V2/reach', { to: 'host:web1', protocol: 'tcp', family: 'v4' });
    expect(reach.json).toEqual({
      rows: [
        {
          peer: { addresses: ['10.9.0.0/24'], count: '256', names: ['zone:office'] },
          protocol: 'tcp',
          ports: '22',
          verdict: 'accept',
          family: 'v4',
          group: 'web',
          line,
          source: { ruleset: ids['webRules'], direction: 'inbound', index: 1, comment: 'admins' },
        },
      ],
    });
    const out = await whole.api('POST', '/api/V2/reach', {
      from: 'host:web1',
      protocol: 'tcp',
      port: 5432,
      family: 'v4',
    });
    const peers = (out.json['rows'] as { peer: { count: string } }[]).map(({ peer }) => BigInt(peer.count));
    // All but db1, which it is not allowed to ask, and itself, which does not let itself in there.
    expect(peers.reduce((a, b) => a + b)).toBe(2n ** 32n - 2n);
  });

  it('what cannot be answered is refused, naming the field', async () => {
    const { api } = await startWholeServer();
    for (const [path, body, status, field, text] of REFUSED) {
      const refused = await api('POST', `/api/V2/${path}`, body);
      expect([refused.status, refused.json['field']], JSON.stringify(body)).toEqual([status, field]);
      expect(refused.json['error']).toContain(text);
    }
  });
});

const REFUSED = [
  ['explain', { from: 'zone:x', to: 'any' }, 404, 'from', 'there is no zone "x"'],
  ['explain', { from: 'any', to: 'host:x' }, 404, 'to', 'there is no host "x"'],
  ['explain', { from: 'any', to: 'group:x' }, 404, 'to', 'there is no group "x"'],
  ['explain', { from: 'any', to: 'group:self' }, 400, 'to', 'in a rule only'],
  ['explain', { from: 'any' }, 400, 'to', 'must be "any"'],
  ['explain', { from: 7, to: 'any' }, 400, 'from', 'must be "any"'],
  ['explain', { from: `zone:${'x'.repeat(300)}`, to: 'any' }, 400, 'from', 'at most'],
  ['explain', { from: '10.0.0.1', to: '2001:db8::1', protocol: 'tcp' }, 400, 'to', 'no address of the family'],
  ['explain', { from: '10.0.0.1', to: 'any', family: 'v6' }, 400, 'from', 'no address of the family'],
  ['explain', { from: 'any', to: '10.0.0.1', protocol: 'tpc' }, 400, 'protocol', 'must be any, a name'],
  ['explain', { from: 'any', to: '10.0.0.1', protocol: 'icmp', port: 22 }, 400, 'port', 'have ports'],
  ['explain', { from: 'any', to: '10.0.0.1', port: 22 }, 400, 'port', 'have ports'],
  ['explain', { from: 'any', to: '10.0.0.1', protocol: 'tcp', icmp_type: 8 }, 400, 'icmp_type', 'have types'],
  ['explain', { from: 'any', to: '10.0.0.1', protocol: 'icmp', icmp_code: 1 }, 400, 'icmp_code', 'icmp_type too'],
  ['explain', { from: 'any', to: '10.0.0.1', protocol: 'tcp', port: 70_000 }, 400, 'port', '0 to 65535'],
  ['explain', { from: 'any', to: '10.0.0.1', protocol: 'tcp', port: '22' }, 400, 'port', 'whole number'],
  ['explain', { from: 'any', to: 'any', protocol: 'icmp', icmp_type: 8, family: 'v6' }, 400, 'family', 'of v4'],
  ['explain', { from: 'any', to: 'any', in: '' }, 400, 'in', 'interface'],
  ['explain', { from: 'any', to: 'any', ports: 22 }, 400, 'ports', 'is not known'],
  ['reach', { to: 'any', from: 'any' }, 400, 'to', 'one of them'],
  ['reach', {}, 400, 'to', 'one of them'],
  ['reach', { to: 'any', in: 'eth0' }, 400, 'in', 'is not known'],
] as const;
