import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.js';
import { analysisFleet } from '../support/analysis-fleet.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { until } from '../support/whole-server.js';

describe('questions to a running server', () => {
  it('explain, reach and analysis tell people what decides, and where it comes from', { timeout: 60_000 }, async () => {
    const { whole, ids } = await analysisFleet();
    const { api: url } = whole.server.listening;
    const run = (...args: string[]) => runCliInProcess([...args, '--url', url]);
    const ssh = ['--to', 'host:web1', '--protocol', 'tcp', '--port', '22'];
    const open = await until(async () => {
      const answer = await run('explain', '--from', 'zone:office', ...ssh);
      return answer.out.startsWith('accept') && answer;
    }, 'ssh being accepted');
    expect(open).toEqual({
      code: 0,
      err: '',
      out: [
        'accept',
        '  accept: v4 tcp 22, 10.9.0.0/24 (zone:office) -> 192.0.2.10 (group:web, host:web1)',
        '    OUTPUT NEW of a host that is not ours',
        '    INPUT NEW of web1 (web): accept',
        '      -A INPUT -p tcp -m set --match-set office_zv4 src -m tcp --dport 22 -m state --state NEW -m comment --comment admins -j ACCEPT',
        `      inbound rule 2 "admins" of ruleset ${ids['webRules']}`,
        '    OUTPUT ESTABLISHED of web1 (web): accept',
        '      -A OUTPUT -p tcp -m set --match-set office_zv4 dst -m tcp --sport 22 -m state --state RELATED,ESTABLISHED -m comment --comment admins -j ACCEPT',
        `      inbound rule 2 "admins" of ruleset ${ids['webRules']}`,
        '    INPUT ESTABLISHED of a host that is not ours',
        '',
      ].join('\n'),
    });
    expect((await run('explain', '--from', '203.0.113.1', ...ssh)).out).toContain(
      '    INPUT NEW of web1 (web): drop\n      no rule decides: the policy of the chain\n',
    );
    const json = await run('explain', '--from', 'zone:office', ...ssh, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ verdict: 'accept', cases: [{ from: { count: '256' } }] });
    expect((await run('reach', ...ssh)).out).toBe(
      `accept: v4 tcp 22, 10.9.0.0/24 (zone:office); inbound rule 2 "admins" of ruleset ${ids['webRules']}\n`,
    );
    expect((await run('reach', '--to', 'host:web1', '--protocol', 'tcp', '--port', '23')).out).toBe('nobody\n');
    const analysis = await run('analysis');
    expect(analysis.code).toBe(0);
    expect(analysis.out).toContain(
      `outbound rule 1 of ruleset ${ids['webRules']} never decides (v6); groups: web\n` +
        '  -A OUTPUT -p tcp -m set --match-set db_gv6 dst -m tcp --dport 5432 -j REJECT --reject-with icmp6-port-unreachable\n' +
        '    instead: it takes no packet: its set is empty\n',
    );
    // How far the server has come is for somebody who looks.
    expect(analysis.err).toBe('');
    let shown = '';
    const io = { out: () => undefined, err: (text: string) => (shown += text), environment: {}, installedConfig: '' };
    await runCli(['analysis', '--url', url], { ...io, terminal: { columns: 80, rows: 24 } });
    expect(shown).toMatch(/^1 of \d+ groups, \d+ rules found\n/);
    expect((await run('analysis', '--group', 'db')).out).toBe('nothing found\n');

    for (const [args, code, text] of [
      [['explain', '--from', 'zone:x', '--to', 'any'], 1, 'there is no zone "x"'],
      [['explain', '--to', 'any'], 64, 'give --from and --to'],
      [['explain', '--from', 'any', '--to', 'any', '--port', 'ssh'], 64, '--port: ssh is not a whole number'],
      [['explain', '--from', 'any', '--to', 'any', '--rules', 'x'], 64, 'not both'],
      [['explain', '--rules', 'x'], 64, 'give --rules and --packets'],
      [['reach'], 1, 'give from or to, one of them'],
      [['analysis', '--group', 'x'], 1, 'x'],
    ] as const) {
      const refused = await run(...args);
      expect([args, refused.code, refused.out]).toEqual([args, code, '']);
      expect(refused.err).toContain(text);
    }
  });
});
