import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { type HclNames, terraformNames } from '../../src/http/text/hcl-names.js';
import { hclResource } from '../../src/http/text/hcl-resource.js';

const NONE: HclNames = { groups: new Map(), profiles: new Map(), services: new Map(), zones: new Map() };
const NAMES: HclNames = {
  groups: new Map([['g1', 'web']]),
  profiles: new Map([['p1', 'web']]),
  services: new Map([['s1', 'ssh']]),
  zones: new Map([['z1', 'main_office']]),
};

describe('the Terraform text of a document', () => {
  it('refers to other resources, and has the attributes that the provider takes, each rule on one line', () => {
    const rules = {
      inbound: [
        { action: 'ACCEPT', active: true, group: 'z1', group_type: 'ZONE', service: 's1', order: 1, docker: 'x' },
        { action: 'DROP', active: false, group: 'g1', group_type: 'ROLE', service: 'any', states: ['NEW'], log: true },
        { action: 'DROP', active: true, group: 'any', group_type: 'ANY', service: 'gone', environments: null },
        { action: 'DROP', active: true, group: 'web', group_type: 'GROUP', service: 's1', environment: 'q1' },
      ],
      outbound: [],
    };
    expect(hclResource('ruleset', { name: 'r 1', profile_id: 'p1', rules, created: 1 }, NAMES)).toBe(
      `resource "dog_ruleset" "r_1" {
  name = "r 1"

  profile_id = dog_profile.web.id
  rules = {
    inbound = [
      { action = "ACCEPT", active = true, comment = "", environments = [], group = dog_zone.main_office.id, group_type = "ZONE", interface = "", log = false, log_prefix = "", service = dog_service.ssh.id, states = [], type = "BASIC" },
      { action = "DROP", active = false, comment = "", environments = [], group = dog_group.web.id, group_type = "ROLE", interface = "", log = true, log_prefix = "", service = "any", states = ["NEW"], type = "BASIC" },
      { action = "DROP", active = true, comment = "", environments = [], group = "any", group_type = "ANY", interface = "", log = false, log_prefix = "", service = "gone", states = [], type = "BASIC" },
      { action = "DROP", active = true, comment = "", environments = [], group = "web", group_type = "GROUP", interface = "", log = false, log_prefix = "", service = dog_service.ssh.id, states = [], type = "BASIC" },
    ]
    outbound = []
  }
  provider = dog.qa
}
`,
    );
  });

  it('gives the vars of groups and hosts, and the vars and hosts of facts, as JSON text', () => {
    const groups = { all: { vars: { a: 1, 'b c': { d: [] } }, hosts: { h1: {} }, children: ['x'] }, none: {} };
    expect(hclResource('fact', { name: 'f', groups }, NONE)).toBe(
      `resource "dog_fact" "f" {
  name = "f"
  groups = {
    all = {
      children = ["x"]
      hosts = jsonencode({
        h1 = {}
      })
      vars = jsonencode({
        a = 1
        "b c" = {
          d = []
        }
      })
    }
    none = {
      children = []
    }
  }
  provider = dog.qa
}
`,
    );
    expect(hclResource('group', { name: 'g', profile_id: 'p1', vars: {} }, NAMES)).toBe(
      `resource "dog_group" "g" {
  name = "g"

  profile_id = dog_profile.web.id

  vars = jsonencode({})

  provider = dog.qa
}
`,
    );
  });

  it('leaves out what a document lacks, prints hosts as of qa, and renames what Terraform keeps for itself', () => {
    expect(hclResource('host', { name: 'h', environment: '*' }, NONE)).toContain('environment = "qa"');
    expect(hclResource('link', { name: 'q1', connection: { host: 'b' } }, NONE)).toContain(
      '  dog_connection = {\n    host = "b"\n  }\n',
    );
  });

  it('names resources as Terraform takes them', () => {
    const named = (name: string) => hclResource('zone', { name }, NONE).split('"')[3];
    expect([named('a.(b)/c:d e'), named('1a'), named('a"\n$')]).toEqual(['a__b__c_d_e', '_1a', 'a___']);
  });

  it('refers to nothing by a name that two documents would share', () => {
    const documents = [
      { id: '1', name: 'a.b' },
      { id: '2', name: 'a b' },
      { id: '3', name: 'c' },
      { id: '4', name: 7 },
    ];
    expect([...terraformNames(documents)]).toEqual([['3', 'c']]);
  });

  const hasTerraform = spawnSync('terraform', ['-version']).status === 0;
  const json = fc.letrec<{ value: JsonObject }>((tie) => ({
    value: fc.dictionary(
      fc.string({ maxLength: 8 }),
      fc.oneof(
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(fc.string(), { maxLength: 3 }),
        fc.array(tie('value'), { maxLength: 2 }),
        tie('value'),
      ) as fc.Arbitrary<never>,
      { maxKeys: 4 },
    ),
  })).value;
  it.runIf(hasTerraform)('is what `terraform fmt` leaves as it is', () => {
    const texts = fc
      .sample(fc.record({ vars: json, name: fc.string() }), { numRuns: 200, seed: 9 })
      .map((doc) => hclResource('group', doc, NONE));
    const result = spawnSync('terraform', ['fmt', '-'], { input: texts.join('\n'), encoding: 'utf8' });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stdout).toBe(texts.join('\n'));
  });
  if (!hasTerraform) process.stdout.write('skipped: terraform is not installed, so no text was laid out by it\n');
});
