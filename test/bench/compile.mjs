import { createHash } from 'node:crypto';
import { RULE_CHOICES } from '../../dist/firewall/dialect-rules.js';
import { finish } from '../../dist/firewall/finish.js';
import { compilePolicy } from '../../dist/firewall/rules/compile-ruleset.js';
import { policyLookups } from '../../dist/firewall/rules/policy-lookups.js';
import { readProfile } from '../../dist/firewall/rules/read-profile.js';
import { NO_ADDRESSES } from '../../dist/firewall/rules/ruleset-input.js';
import { scaled } from './scaled.mjs';

export const title = '1,000 groups of 50 rules compiled (IPv4 and IPv6, with sets)';

const GROUPS = scaled(1000);
const RULES = 50;
const ROUNDS = 9;

const names = (prefix, count) =>
  Array.from({ length: count }, (_, i) => ({ id: `${prefix}-${i}`, name: `${prefix}${i}` }));

const groups = names('group', GROUPS);
const zones = names('zone', 100);
const SERVICES = [
  [{ protocol: 'tcp', ports: ['22'] }],
  [{ protocol: 'tcp', ports: ['80', '443', '8000:8100'] }],
  [
    { protocol: 'tcp', ports: ['53'] },
    { protocol: 'udp', ports: ['53'] },
  ],
  [{ protocol: 'icmp', ports: ['8'] }],
];
const services = names('service', 200).map((service, i) => ({ ...service, services: SERVICES[i % SERVICES.length] }));

const rule = (group, i) => ({
  action: i % 7 === 0 ? 'DROP' : 'ACCEPT',
  active: i % 10 !== 0,
  comment: ['', 'ssh', 'from the office', 'v1.2: web (new)'][i % 4],
  group: i % 3 === 0 ? `zone-${(group + i) % 100}` : `group-${(group * 31 + i) % GROUPS}`,
  group_type: i % 3 === 0 ? 'ZONE' : 'ROLE',
  interface: i % 5 === 0 ? 'eth0' : '',
  log: false,
  log_prefix: '',
  order: i,
  service: `service-${(group + i * 7) % 200}`,
  states: i % 2 === 0 ? [] : ['NEW'],
  type: 'BASIC',
});

const profiles = groups.map(({ id, name }, group) => {
  const rules = Array.from({ length: RULES }, (_, i) => rule(group, i));
  return { id, name, rules: { inbound: rules.slice(0, 35), outbound: rules.slice(35) } };
});
const lookups = policyLookups(groups, zones, services);

const compileAll = (dialect) =>
  profiles.flatMap((profile) => {
    const read = readProfile(profile, RULE_CHOICES[dialect]);
    return ['v4', 'v6'].map((version) => {
      const variant = { type: 'ipsets', version, selfGroup: profile.name, lookups, addresses: NO_ADDRESSES };
      const result = finish(compilePolicy(read.policy, variant, dialect));
      if (!result.ok) throw new Error(JSON.stringify(result.error));
      return result.text;
    });
  });

/** The least that anyone must do: join the finished lines and hash the bytes. */
const floorOf = (texts) => {
  const lines = texts.map((text) => text.split('\n'));
  return () => lines.forEach((all) => createHash('sha256').update(all.join('\n'), 'utf8').digest('hex'));
};

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
const timed = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

/** Medians in milliseconds; each round measures the work and its floor one after the other. */
export async function run() {
  return ['dog1', 'dog2'].map((dialect) => {
    const floor = floorOf(compileAll(dialect));
    const times = [];
    const floors = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      times.push(timed(() => compileAll(dialect)));
      floors.push(timed(floor));
    }
    const [median_ms, floor_ms] = [median(times), median(floors)];
    return { name: `2,000 rulesets, ${dialect}`, median_ms, floor_ms, ratio: median_ms / floor_ms };
  });
}
