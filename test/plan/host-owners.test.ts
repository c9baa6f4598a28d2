import { describe, expect, it } from 'vitest';
import { addressSet } from '../../src/analysis/index.js';
import { HostOwners } from '../../src/plan/host-owners.js';

function host(...v4: readonly string[]) {
  return { v4: addressSet('v4', v4), v6: addressSet('v6', []) };
}
function of(owners: HostOwners, ...v4: readonly string[]) {
  return owners.hostOf(addressSet('v4', v4));
}

describe('which host of a group has addresses', () => {
  const [one, two] = [host('10.0.0.1', '10.0.1.1', '172.17.0.1'), host('10.0.0.2', '172.17.0.1')];
  const owners = new HostOwners([one, two]);

  it('is the one that has all of them', () => {
    expect(of(owners, '10.0.0.1')).toBe(one.v4);
    expect(of(owners, '10.0.0.1', '10.0.1.1')).toBe(one.v4);
    expect(of(owners, '10.0.0.2')).toBe(two.v4);
  });
  it('is nobody where several hosts have them, or something between', () => {
    expect(of(owners, '10.0.0.1', '10.0.0.2')).toBeUndefined();
    expect(of(owners, '10.0.0.3')).toBeUndefined();
    expect(of(owners, '10.0.0.0')).toBeUndefined();
    expect(of(owners)).toBeUndefined();
    expect(of(new HostOwners([]), '10.0.0.1')).toBeUndefined();
  });
  it('is told by an address of its own, where others are those of bridges that every host has', () => {
    expect(of(owners, '172.17.0.1')).toBeUndefined();
    expect(of(owners, '10.0.0.2', '172.17.0.1')).toBe(two.v4);
    expect(
      of(new HostOwners([host('10.0.0.1', '10.9.0.1'), host('10.0.0.1', '10.9.0.2')]), '10.0.0.1', '10.9.0.2')?.bounds,
    ).toEqual(addressSet('v4', ['10.0.0.1', '10.9.0.2']).bounds);
  });
  it('has a key that tells how addresses are divided, in whatever order hosts come', () => {
    expect(new HostOwners([two, one]).key).toBe(owners.key);
    expect(new HostOwners([host('10.0.0.1', '10.0.0.2')]).key).not.toBe(
      new HostOwners([host('10.0.0.1'), host('10.0.0.2')]).key,
    );
  });
});
