import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/program.js';
import { RULE } from '../support/api-client.js';
import { runCliInProcess, type CliRun } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer, type WholeServer } from '../support/whole-server.js';

interface Repository {
  readonly s: WholeServer;
  readonly dir: string;
  readonly path: (file: string) => string;
  readonly edit: (file: string, from: string, to: string) => void;
  readonly run: (command: string, ...args: readonly string[]) => Promise<CliRun>;
  readonly exported: () => Promise<CliRun>;
}

/** A server with a group `web`, whose rule lets the zone `office` in by ssh, and its policy as files. */
async function repository(): Promise<Repository> {
  const s = await startWholeServer();
  const office = await s.create('zone', { name: 'office', ipv4_addresses: ['10.0.0.0/24'], ipv6_addresses: [] });
  const ssh = await s.create('service', {
    name: 'ssh',
    version: 1,
    services: [{ protocol: 'tcp', ports: ['22'] }],
  });
  await s.group('web', [{ ...RULE, group_type: 'ZONE', group: office, service: ssh, comment: 'operators' }]);
  const dir = join(temporaryDirectory(), 'policy');
  const url = s.server.listening.api;
  const path = (file: string) => join(dir, file);
  const exported = () => runCliInProcess(['export', '--format', 'yaml', dir, '--data', s.data]);
  expect(await exported()).toMatchObject({ code: 0, err: '' });
  return {
    s,
    dir,
    path,
    exported,
    edit(file, from, to) {
      const text = readFileSync(path(file), 'utf8');
      expect(text).toContain(from);
      writeFileSync(path(file), text.replace(from, to));
    },
    run: (command, ...args) => runCliInProcess([command, dir, '--url', url, ...args]),
  };
}

function planId({ out }: CliRun): string {
  return /^plan ([0-9a-f]{64})$/m.exec(out)?.[1] ?? 'none';
}

describe('policy as files', () => {
  it('is exported by name, changes nothing as it is, and what is edited is planned, applied and exported again', async () => {
    const { s, dir, path, edit, run, exported } = await repository();
    expect(readdirSync(dir).sort()).toEqual(
      ['dog-policy.yaml', 'groups', 'profiles', 'rulesets', 'services', 'zones'].sort(),
    );
    const ruleset = readFileSync(path('rulesets/web.yaml'), 'utf8');
    expect(ruleset).toContain('group: office\n');
    expect(ruleset).toContain('service: ssh\n');
    expect(ruleset).toContain('\nprofile: web\n');
    const group = readFileSync(path('groups/web.yaml'), 'utf8');
    expect(group).toContain('profile: web\n');
    expect(group).not.toMatch(/created|hash4/);
    for (const text of [ruleset, group]) expect(text).not.toMatch(/\bid:/);
    expect(await run('plan')).toEqual({ code: 0, out: 'nothing would change\n', err: '' });

    writeFileSync(path('zones/partner.yaml'), 'name: partner\nipv4_addresses: [192.0.2.7]\nipv6_addresses: []\n');
    edit('rulesets/web.yaml', 'group: office', 'group: partner # since the contract');
    const planned = await run('plan');
    expect(planned.code).toBe(2);
    expect(planned.out).toMatch(/^changed ruleset \S+ \(web\)\ncreated zone [0-9a-f-]{36} \(partner\)\ngroup web/);
    expect(planned.out).toContain('opens inbound tcp 22, 192.0.2.7: drop -> accept');
    // A repository of another second is the same plan.
    expect(planId(await run('plan'))).toBe(planId(planned));

    const nobody = await run('apply');
    expect([nobody.code, nobody.err]).toEqual([64, expect.stringContaining('--yes')]);
    const other = await run('apply', '--yes', '--plan-id', 'f'.repeat(64));
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('nothing was applied')]);
    const applied = await run('apply', '--yes', '--plan-id', planId(planned));
    expect(applied).toMatchObject({ code: 0, err: '' });
    expect(applied.out).toMatch(/\nwritten ruleset \S+\nwritten zone \S+\napplied\n$/);
    expect(await run('plan')).toMatchObject({ code: 0, out: 'nothing would change\n' });

    // Somebody changes the ruleset meanwhile: what people wrote beside it stays.
    appendFileSync(path('zones/office.yaml'), '# the third floor\n');
    const before = statSync(path('zones/office.yaml')).mtimeMs;
    const [web] = (await s.api('GET', '/api/V2/rulesets')).json as unknown as {
      id: string;
      rules: { inbound: object[] };
    }[];
    const rules = { inbound: [{ ...web?.rules.inbound[0], comment: 'partners' }], outbound: [] };
    await s.edit('ruleset', web?.id ?? '', { rules });
    expect((await exported()).out).toContain('1 file written, 6 as they were, 0 removed');
    const now = readFileSync(path('rulesets/web.yaml'), 'utf8');
    expect(now).toContain('comment: partners\n');
    expect(now).toContain('group: partner # since the contract\n');
    expect(statSync(path('zones/office.yaml')).mtimeMs).toBe(before);
    expect(readFileSync(path('zones/office.yaml'), 'utf8')).toContain('# the third floor');
    expect(await run('plan')).toMatchObject({ code: 0 });
  });

  it('asks at a terminal, and applies what was shown or nothing', async () => {
    const { s, dir, edit } = await repository();
    edit('zones/office.yaml', '10.0.0.0/24', '10.0.0.0/25');
    for (const [answer, code] of [
      ['n', 1],
      ['', 1],
      ['y', 0],
    ] as const) {
      let [out, asked] = ['', ''];
      const io = {
        out: (text: string) => void (out += text),
        err: () => undefined,
        environment: { DOGTRAINER_URL: s.server.listening.api },
        installedConfig: '/none',
        ask: (question: string) => {
          asked = question;
          return Promise.resolve(answer);
        },
      };
      expect([answer, await runCli(['apply', dir], io)]).toEqual([answer, code]);
      expect(asked).toBe('apply it? [y/n] ');
      expect(out).toContain('set office_zv4: 1 added, 1 removed');
      const [zone] = (await s.api('GET', '/api/V2/zones')).json as unknown as { ipv4_addresses: string[] }[];
      expect(zone?.ipv4_addresses).toEqual([code === 0 ? '10.0.0.0/25' : '10.0.0.0/24']);
    }
  });

  it('removes only with --replace, and only what is held in files', async () => {
    const { s, path, run, exported } = await repository();
    await s.create('zone', { id: 'old', name: 'old', ipv4_addresses: [], ipv6_addresses: [] });
    await s.create('external', { name: 'q1', v4: { groups: {}, zones: {} }, v6: { groups: {}, zones: {} } });
    expect(await run('plan')).toMatchObject({ code: 0 });
    const replaced = await run('apply', '--replace', '--yes');
    expect(replaced.out).toMatch(/^removed zone old\n/);
    expect(replaced.out).toMatch(/removed zone old\napplied\n$/);
    expect((await s.api('GET', '/api/V2/externals')).json).toHaveLength(1);
    // What is used can't go.
    rmSync(path('services/ssh.yaml'));
    const used = await run('plan', '--replace');
    expect([used.code, used.err]).toEqual([
      1,
      expect.stringMatching(/rulesets\/web.yaml, line \d+: rules.inbound.0.service: there is no service "ssh"/),
    ]);
    expect((await exported()).out).toContain('1 file written');
    await s.create('zone', { name: 'new', ipv4_addresses: [], ipv6_addresses: [] });
    await exported();
    const [, zone] = (await s.api('GET', '/api/V2/zones')).json as unknown as { id: string }[];
    expect((await s.api('DELETE', `/api/V2/zone/${zone?.id}`)).status).toBe(204);
    expect((await exported()).out).toContain('0 files written, 6 as they were, 1 removed');
    expect(readdirSync(path('zones'))).toEqual(['office.yaml']);
  });

  it('names file, line, key and what would be right, of all faults at once', async () => {
    const { path, edit, run } = await repository();
    edit('rulesets/web.yaml', 'group: office', 'group: offise');
    edit('rulesets/web.yaml', 'states:', 'state:');
    edit('groups/web.yaml', 'profile: web', 'profile: nobody-at-all');
    writeFileSync(path('zones/two.yaml'), 'name: office\nipv4_addresses: []\nipv6_addresses: []\n');
    const { code, err } = await run('plan');
    expect(code).toBe(1);
    expect(err).toMatch(
      /rulesets\/web.yaml, line 10: rules.inbound.0.group: there is no zone "offise"; is "office" meant\?/,
    );
    expect(err).toMatch(/rulesets\/web.yaml, line \d+: rules.inbound.0.state: is not known; is states meant\?/);
    expect(err).toMatch(/groups\/web.yaml, line \d+: profile: there is no profile "nobody-at-all"\n/);
    expect(err).toContain('zones/office.yaml, line 1: name: zones/two.yaml has this name already\n');
    expect(err).toContain('zones/two.yaml, line 1: name: zones/office.yaml has this name already\n');
    expect(err).toContain('refused: 5 faults');
  });

  it('checks what it writes as the API does, and says where in the file that is', async () => {
    const { path, edit, run } = await repository();
    edit('zones/office.yaml', '10.0.0.0/24', '10.0.0.0/99');
    edit('services/ssh.yaml', '"22"', '22');
    writeFileSync(path('zones/half.yaml'), 'name: half\n\nipv4_addresses: []\n');
    const { code, err } = await run('plan');
    expect(code).toBe(1);
    expect(err).toMatch(/zones\/office.yaml, line 3: ipv4_addresses.0: /);
    expect(err).toContain('services/ssh.yaml, line 5: services.0.ports.0: 22 must be of type string, "22"\n');
    expect(err).toContain('zones/half.yaml, line 1: "ipv6_addresses" is missing\n');
    edit('dog-policy.yaml', 'ruleset_dialect: dog2', 'ruleset_dialect: dog1');
    expect((await run('plan')).err).toContain(
      'refused: 1 fault\n  dog-policy.yaml, line 3: ruleset_dialect: is dog1, and this server compiles dog2',
    );
  });

  it('makes old documents of one name as they are, and keeps them apart by their ids', async () => {
    const { s, path, run, exported } = await repository();
    for (const id of ['t1', 't2'])
      writeFileSync(path(`zones/${id}.yaml`), `id: ${id}\nname: twin\nipv4_addresses: []\nipv6_addresses: []\n`);
    expect(await run('apply', '--yes')).toMatchObject({ code: 0, err: '' });
    const zones = (await s.api('GET', '/api/V2/zones')).json as unknown as { id: string; name: string }[];
    expect(zones.filter(({ name }) => name === 'twin').map(({ id }) => id)).toEqual(['t1', 't2']);
    expect((await exported()).out).toContain(' 0 files written, 8 as they were, 0 removed\n');
  });

  it('is out of date when what it names is gone, even where no host would see that', async () => {
    const { s, path, run } = await repository();
    const spare = await s.create('zone', { name: 'spare', ipv4_addresses: [], ipv6_addresses: [] });
    const rule = '{ active: true, action: ACCEPT, group_type: ZONE, group: spare, service: ssh }';
    writeFileSync(path('rulesets/idle.yaml'), `name: idle\nrules: { inbound: [${rule}], outbound: [] }\n`);
    const id = planId(await run('plan'));
    expect((await s.api('DELETE', `/api/V2/zone/${spare}`)).status).toBe(204);
    const applied = await s.api('POST', `/api/V2/plan/${id}/apply`, {});
    expect(applied).toMatchObject({ status: 409, json: { code: 'plan_stale', moved: [{ table: 'ruleset' }] } });
  });

  it('reads nothing but plain YAML of its own folders, and follows no links', async () => {
    const { path, run, exported } = await repository();
    mkdirSync(path('zone'));
    writeFileSync(path('zones/a.json'), '{}');
    writeFileSync(path('README.md'), '# ours\n');
    writeFileSync(path('.gitignore'), '');
    symlinkSync('/etc/passwd', path('zones/b.yaml'));
    writeFileSync(path('zones/c.yaml'), 'name: &a c\nmore: *a\n');
    writeFileSync(path('zones/d.yaml'), 'name: d\nname: e\n');
    writeFileSync(path('zones/e.yaml'), 'name: e\nsize: 123456789012345678901234567890\n');
    writeFileSync(path('zones/f.yaml'), `name: ${'['.repeat(20_000)}`);
    writeFileSync(path('zones/g.yaml'), 'name: !!js/function x\n');
    writeFileSync(path('zones/h.yaml'), Buffer.from([0x6e, 0xff]));
    const { code, err } = await run('plan');
    expect(code).toBe(1);
    expect(err.split('\n').slice(1)).toEqual([
      '  zone/ is not known; there are zones, services, profiles, rulesets, groups, facts, assertions',
      '  zones/a.json: policy is in files that end in .yaml',
      '  zones/b.yaml is a link: only files and folders of the directory itself are read',
      '  zones/c.yaml, line 1: &a is an anchor: write out what its aliases stand for',
      '  zones/d.yaml, line 2: the key "name" is there twice',
      '  zones/e.yaml, line 2: 123456789012345678901234567890 is too large to be kept exactly; quote it if it is a string',
      expect.stringMatching(/^ {2}zones\/f.yaml, line 1: /),
      expect.stringMatching(/^ {2}zones\/g.yaml, line 1: .*tag/),
      '  zones/h.yaml, line 1: it is not UTF-8',
      '',
    ]);
    // Nor is anything written there.
    const written = await exported();
    expect([written.code, written.err]).toEqual([1, expect.stringContaining('zones/a.json: policy is in files')]);
  });

  it('writes into no directory that holds something else', async () => {
    const { s } = await repository();
    const dir = temporaryDirectory();
    writeFileSync(join(dir, 'thesis.tex'), 'x');
    const run = await runCliInProcess(['export', '--format', 'yaml', dir, '--data', s.data]);
    expect([run.code, run.err]).toEqual([1, expect.stringContaining('holds thesis.tex and no dog-policy.yaml')]);
    expect(readdirSync(dir)).toEqual(['thesis.tex']);
  });
});
