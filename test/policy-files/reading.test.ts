import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/model/document.js';
import { policyOfFiles, type SentFile } from '../../src/policy-files/files-to-policy.js';
import { KINDS, type PolicyDocuments } from '../../src/policy-files/kinds.js';
import { PolicyFilesError } from '../../src/policy-files/policy-problem.js';
import { headFile } from '../../src/policy-files/policy-head.js';
import { withComments } from '../../src/policy-files/yaml/keep-comments.js';
import { printNodes } from '../../src/policy-files/yaml/print-file.js';
import { readFileText } from '../../src/policy-files/yaml/read-file.js';

const NOTHING = Object.fromEntries(KINDS.map((kind) => [kind, [] as Document[]])) as unknown as PolicyDocuments;

function read(files: readonly SentFile[], there: Partial<PolicyDocuments> = {}, replace = false): PolicyDocuments {
  const work = policyOfFiles([headFile('dog2'), ...files], {
    documents: { ...NOTHING, ...there },
    dialect: 'dog2',
    replace,
  });
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value.documents;
  }
}

function problems(
  files: readonly SentFile[],
  there: Partial<PolicyDocuments> = {},
  replace = false,
): readonly string[] {
  try {
    read(files, there, replace);
  } catch (error) {
    if (error instanceof PolicyFilesError)
      return error.problems.map(({ file, path, reason }) => `${file} ${path.join('.')}: ${reason}`);
    throw error;
  }
  return [];
}

function file(path: string, document: SentFile['document']): SentFile {
  return { path: `${path}.yaml`, document };
}

describe('which document a file is', () => {
  const zones = [
    { id: 'a', name: 'office' },
    { id: 'b', name: 'twin' },
    { id: 'c', name: 'twin' },
  ];

  it('the one of its name, the one of its id whatever it is called, or a new one that is the same each time', () => {
    const files = [file('zones/x', { name: 'office' }), file('zones/y', { id: 'b', name: 'renamed' })];
    expect(read(files, { zone: zones }).zone).toEqual([
      { id: 'a', name: 'office' },
      { id: 'b', name: 'renamed' },
    ]);
    // What is renamed by its id leaves its name to another.
    const moved = [file('zones/x', { id: 'a', name: 'old office' }), file('zones/y', { name: 'office' })];
    const [, fresh] = read(moved, { zone: zones }).zone;
    expect(fresh?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(read(moved, { zone: zones }).zone[1]).toEqual(fresh);
    expect(read([file('zones/y', { name: 'office' })]).zone[0]).toEqual(fresh);
    expect(read([file('profiles/y', { name: 'office' })]).profile[0]?.id).not.toBe(fresh?.id);
    // Somebody called that one otherwise since.
    const called = [{ id: fresh?.id ?? '', name: 'otherwise' }];
    expect(read([file('zones/y', { name: 'office' })], { zone: called }).zone[0]?.id).not.toBe(fresh?.id);
  });

  it('is refused where it is not clear', () => {
    expect(problems([file('zones/x', { name: 'twin' })], { zone: zones })).toEqual([
      'zones/x.yaml name: 2 zones are called so: say which by its id, b or c',
    ]);
    expect(problems([file('zones/x', { id: 'a', name: 'n' }), file('zones/y', { id: 'a', name: 'm' })])).toEqual([
      'zones/y.yaml id: zones/x.yaml is this zone already',
    ]);
    expect(problems([file('zones/x', {})])).toEqual(['zones/x.yaml : name is missing: it must be a string']);
    expect(problems([file('groups/x', { name: 'self' })])).toEqual([
      'groups/x.yaml name: self is built in: choose another name',
    ]);
    expect(problems([file('zone/x', { name: 'a' }), file('zones/x', ['a'])])).toEqual([
      'zone/x.yaml : must be dog-policy.yaml, or a .yaml file in one of zones, services, profiles, rulesets, groups, facts, assertions',
      'zones/x.yaml : must be a map: the fields of one zone',
    ]);
  });
});

describe('what a file refers to', () => {
  const there = {
    profile: [
      { id: 'p1', name: 'web', ruleset_id: '' },
      { id: 'p2', name: 'db' },
    ],
    zone: [{ id: 'z1', name: 'office' }],
    group: [{ id: 'g1', name: 'web', profile_id: 'p1', profile_name: 'web', created: 7, hash4_ipsets: 'h' }],
  };

  it('is found by its name, and what the server wrote stays', () => {
    expect(read([file('groups/x', { name: 'web', profile: 'db' })], there).group).toEqual([
      { id: 'g1', name: 'web', profile_id: 'p2', profile_name: 'db', created: 7, hash4_ipsets: 'h' },
    ]);
    const rule = { group_type: 'ZONE', group: 'office', service: 'any' };
    const far = { group_type: 'ZONE', group: 'office', service: 'any', environment: 'q1' };
    const rules = { inbound: [rule, far, { ...rule, group: 'id:elsewhere' }], outbound: [] };
    const [ruleset] = read([file('rulesets/x', { name: 'x', profile: 'web', rules })], there).ruleset;
    expect(ruleset).toMatchObject({
      profile_id: 'p1',
      rules: { inbound: [{ ...rule, group: 'z1' }, far, { ...rule, group: 'elsewhere' }], outbound: [] },
    });
  });

  it('is what clients and the server write of a rule, which no schema checks', () => {
    const rule = { service: 'any', group: 'any', group_type: 'ANY', order: 0, environments: [], recent_mask: '32' };
    const files = (more: object) => [
      file('rulesets/x', { name: 'x', rules: { inbound: [{ ...rule, ...more }], outbound: [] } }),
    ];
    expect(problems(files({}))).toEqual([]);
    expect(problems(files({ enviroment: 'q1' }))).toEqual([
      'rulesets/x.yaml rules.inbound.0.enviroment: is not known; is environment meant?',
    ]);
  });

  it('may be what another file makes, and with replace nothing that no file holds', () => {
    const files = [file('groups/x', { name: 'x', profile: 'web' })];
    expect(problems(files, there)).toEqual([]);
    expect(problems(files, there, true)).toEqual(['groups/x.yaml profile: there is no profile "web"']);
    expect(problems([...files, file('profiles/w', { name: 'web' })], there, true)).toEqual([]);
    expect(problems([file('groups/x', { name: 'x', profile: 'wep' })], there)).toEqual([
      'groups/x.yaml profile: there is no profile "wep"; is "web" meant?',
    ]);
    expect(problems([file('groups/x', { name: 'x', profile: 'p1' })], there)).toEqual([
      'groups/x.yaml profile: "p1" is the id of a profile: write web',
    ]);
  });

  it('is not written as an id, nor is what the server writes', () => {
    expect(problems([file('groups/x', { name: 'x', profile_id: 'p1', created: 3 })], there)).toEqual([
      'groups/x.yaml created: is written by the server itself: leave it out',
      'groups/x.yaml profile_id: write profile: NAME of the profile',
    ]);
  });
});

it('comments stay at what they are about, also where rules change places', () => {
  const old = readFileText(
    [
      '# Whose it is.',
      'name: web # short',
      'rules:',
      '  inbound:',
      '    # for operators',
      '    - service: ssh',
      '      group: office # third floor',
      '    # for all',
      '    - service: web',
      '',
    ].join('\n'),
  );
  const document = {
    name: 'web',
    rules: { inbound: [{ service: 'web' }, { service: 'ssh', group: 'office' }, { service: 'dns' }] },
  };
  const text = printNodes(withComments(document, old.nodes));
  expect(readFileText(text).document).toEqual(document);
  for (const line of ['# Whose it is.', 'name: web # short', 'group: office # third floor'])
    expect(text).toContain(line);
  expect(text).toMatch(/# for all\n +- service: web\n/);
});
