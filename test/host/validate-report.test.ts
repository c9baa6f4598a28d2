import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/host/host-report.js';
import { refuseReport } from '../../src/host/validate-report.js';

const report: HostReport = {
  updateType: 'force',
  stopped: false,
  hostkey: 'host-key-0001',
  name: 'host.example.net',
  group: 'web',
  environment: '*',
  location: '*',
  hashes: { hash4_ipsets: '', hash6_ipsets: '', hash4_iptables: '', hash6_iptables: '', ipset_hash: '' },
  fields: {},
};

describe('what a host row could not hold', () => {
  it.each([
    ['hostkey', { hostkey: '' }],
    ['hostkey', { hostkey: 'x'.repeat(201) }],
    ['hostkey', { hostkey: '(parenthesis' }],
    ['hostkey', { hostkey: 'host key with blanks' }],
    ['hostkey', { hostkey: 'host.key.#.anything' }],
    ['hostkey', { hostkey: 'host.key.*.anything' }],
    ['hostkey', { hostkey: 'host-key-\u0007-bell' }],
    ['name', { name: '' }],
    ['group', { group: 'g'.repeat(27) }],
    ['environment', { environment: '' }],
    ['location', { location: '' }],
  ] as const)('%s is named: %o', (field, over) => {
    const refusal = refuseReport({ ...report, ...over });
    expect(refusal?.field).toBe(field);
    expect(refusal?.reason).not.toBe('');
    expect((refusal?.reason ?? '').length).toBeLessThan(200);
  });

  it.each([
    {},
    { group: '' },
    { group: 'g'.repeat(26) },
    { hostkey: '0123456789' },
    { hostkey: 'x' },
    { hostkey: 'agent-01' },
    { hostkey: 'x'.repeat(200) },
    { hostkey: '+%_.-anything (goes) here'.replaceAll(' ', '') },
    { environment: 'qa', location: 'basement' },
  ])('fine: %o', (over) => {
    expect(refuseReport({ ...report, ...over })).toBeUndefined();
  });
});
