import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RULE_CHOICES, type RuleChoices } from '../../src/firewall/dialect-rules.js';
import { finish } from '../../src/firewall/finish.js';
import type { Printer } from '../../src/firewall/printer.js';
import { PRINTERS } from '../../src/firewall/printers.js';
import { compileRuleset } from '../../src/firewall/rules/compile-ruleset.js';
import type { FirewallRule, RulesetTree } from '../../src/firewall/rules/firewall-rule.js';
import { policyLookups } from '../../src/firewall/rules/policy-lookups.js';
import { compileWantedSets } from '../../src/firewall/sets/compile-sets.js';

const BASIC = {
  action: 'ACCEPT',
  active: true,
  comment: 'a comment',
  group: 'g',
  group_type: 'ROLE',
  interface: 'eth+',
  service: 's',
  states: ['NEW'],
  type: 'BASIC',
};
const RULES = {
  inbound: [BASIC, { ...BASIC, action: 'DROP', type: 'RECENT', seconds: 60, hit_count: 4 }],
  outbound: [{ ...BASIC, group_type: 'ANY', interface: '', states: [], comment: '', service: 'ping' }],
};
const LOOKUPS = policyLookups(
  [{ id: 'g', name: 'web' }],
  [],
  [
    { id: 's', name: 'service', services: [{ protocol: 'tcp', ports: ['22', '8000:8100'] }] },
    { id: 'ping', name: 'ping', services: [{ protocol: 'icmp', ports: ['8'] }] },
  ],
);

/** A printer that keeps what it is given, and prints all of it. */
class Witness implements Printer {
  given: RulesetTree | undefined;
  readonly comments = { bytes: 5, cut: (text: string) => text.slice(0, 5), readsBack: () => true };
  readonly sets = {
    *render(base: string, kind: 'group' | 'zone', family: 'v4' | 'v6', addresses: readonly string[]) {
      yield;
      const text = [Buffer.from(`${kind} ${base}: ${addresses.join()}`)];
      return { name: `${base}.${family}`, base, kind, family, addresses, text, hashed: [] };
    },
    *assemble(sets: readonly { readonly text: readonly Buffer[] }[]) {
      yield;
      const segments = sets.flatMap(({ text }) => text);
      return { segments, text: segments.join('\n'), sha: '', hash: `hash of ${sets.length} sets` };
    },
    text(sets: readonly { readonly text: readonly Buffer[] }[]) {
      return sets.flatMap(({ text }) => text);
    },
    *hash(sets: readonly unknown[]) {
      yield;
      return `hash of ${sets.length} sets`;
    },
  };
  *print(ruleset: RulesetTree, { dialect }: RuleChoices): Generator<void, string> {
    this.given = ruleset;
    yield;
    return `${dialect} ${JSON.stringify(ruleset)}`;
  }
  hash(text: string): string {
    return `hash of ${text.length} characters`;
  }
}

function compile(printer: Printer, type: 'ipsets' | 'iptables' = 'ipsets') {
  const addresses = new Map([['web', ['10.0.0.1', '10.1.0.0/16']]]);
  const none = new Map<string, readonly string[]>();
  const maps = { roleV4: addresses, roleV6: none, zoneV4: none, zoneV6: none };
  const input = { profile: { rules: RULES }, type, version: 'v4', selfGroup: 'web', lookups: LOOKUPS } as const;
  return compileRuleset({ ...input, addresses: maps }, 'dog2', printer);
}

const PORTS = [
  { first: 22, last: 22 },
  { first: 8000, last: 8100 },
];
const IN: FirewallRule = {
  direction: 'in',
  peer: { kind: 'set', name: 'web_gv4', side: 'source' },
  interface: { name: 'eth', andLonger: true },
  packets: { protocol: 'tcp', ports: { side: 'destination', ranges: PORTS }, icmp: null },
  states: ['NEW'],
  limit: null,
  verdict: 'accept',
  comment: 'a com',
};

it('a printer is given rules in words that are no tool’s', () => {
  const witness = new Witness();
  const result = compile(witness);
  const recent = { kind: 'recent', name: 'DEFAULT', seconds: 60, hits: 4, mask: null } as const;
  expect(witness.given).toEqual({
    family: 'v4',
    docker: false,
    hostTraffic: true,
    inbound: [IN, { ...IN, verdict: 'drop', limit: recent }],
    answers: [
      {
        ...IN,
        direction: 'out',
        peer: { kind: 'set', name: 'web_gv4', side: 'destination' },
        packets: { protocol: 'tcp', ports: { side: 'source', ranges: PORTS }, icmp: null },
        states: ['RELATED', 'ESTABLISHED'],
      },
    ],
    outbound: [
      {
        ...IN,
        direction: 'out',
        peer: { kind: 'anyone' },
        interface: null,
        packets: { protocol: 'icmp', ports: null, icmp: [{ type: 8, code: null, named: false }] },
        states: [],
        comment: '',
      },
    ],
  });
  const text = `dog2 ${JSON.stringify(witness.given)}`;
  expect(result).toMatchObject({ ok: true, text, hash: `hash of ${text.length} characters`, sets: ['web_gv4'] });
  expect(result.ok && result.warnings.map(({ message }) => message)).toContain(
    'was cut to the 5 bytes that the kernel keeps',
  );
});

it('rules without sets hold addresses with their prefix length, those of packets that go out from the last', () => {
  const witness = new Witness();
  compile(witness, 'iptables');
  const peers = [...(witness.given?.inbound ?? []), ...(witness.given?.answers ?? [])].map(({ peer }) => peer);
  const list = ['10.0.0.1/32', '10.1.0.0/16'];
  expect(peers).toEqual([
    { kind: 'addresses', list },
    { kind: 'addresses', list },
    { kind: 'addresses', list: list.toReversed() },
  ]);
});

it('sets are printed by the printer that is asked', () => {
  const wanted = { base: 'web', kind: 'group', family: 'v4', addresses: ['10.0.0.1'], order: 'sorted' } as const;
  expect(compileWantedSets([wanted], 'dog2', undefined, new Witness().sets)).toMatchObject({
    text: 'group web: 10.0.0.1',
    hash: 'hash of 1 sets',
  });
});

it.each(Object.entries(PRINTERS))(
  '%s prints the same tree alike, and hashes what it printed',
  (_, printer: Printer) => {
    const witness = new Witness();
    const result = compile(printer);
    compile({ ...printer, print: (tree, choices) => witness.print(tree, choices) });
    if (!result.ok || witness.given === undefined) throw new Error('it was not compiled');
    expect(finish(printer.print(witness.given, RULE_CHOICES.dog2))).toBe(result.text);
    expect(printer.hash(result.text)).toBe(result.hash);
    expect(result.text).toContain('web_gv4');
  },
);

it('no tool’s options are spelled outside of the folders of printers', () => {
  const root = new URL('../../src/firewall/', import.meta.url);
  const spelled = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(iptables|ipset)\//.test(file))
    .filter((file) =>
      / -[a-zA-Z] | --[a-z]|'-[a-z]'|\bxt_|-exist\b|hash:net/.test(readFileSync(new URL(file, root), 'utf8')),
    );
  expect(spelled).toEqual([]);
});
