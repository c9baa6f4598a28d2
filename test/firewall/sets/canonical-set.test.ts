import { describe, expect, it } from 'vitest';
import { canonicalSet } from '../../../src/firewall/sets/canonical-set.js';

function dog1(...list: string[]) {
  return canonicalSet(list, list[0]?.includes(':') ? 'v6' : 'v4', 'dog1').addresses;
}
function dog2(...list: string[]) {
  return canonicalSet(list, list[0]?.includes(':') ? 'v6' : 'v4', 'dog2').addresses;
}

describe('canonicalSet in dog1', () => {
  it('keeps nets as they are, covered ones too, sorted by bytes', () => {
    expect(dog1('9.9.9.9/32', '10.0.0.0/8', '10.1.0.0/16', '10.0.0.5')).toEqual([
      '10.0.0.0/8',
      '10.0.0.5',
      '10.1.0.0/16',
      '9.9.9.9/32',
    ]);
  });

  it('keeps the order of what a linked environment sent, without repeats', () => {
    expect(canonicalSet(['9.9.9.9', '10.0.0.1', '9.9.9.9', '9.9.9.9/32'], 'v4', 'dog1', 'given').addresses).toEqual([
      '9.9.9.9',
      '10.0.0.1',
    ]);
  });

  it('drops a host whose own net would sort before it here and after it on a host, and no other', () => {
    expect(dog1('10.0.0.0/24', '10.0.0.0/32', '10.0.0.1/32')).toEqual(['10.0.0.0/24', '10.0.0.1/32']);
    expect(dog1('10.0.0.0/8', '10.0.0.0/32')).toEqual(['10.0.0.0/32', '10.0.0.0/8']);
    expect(dog1('10.0.0.0/24', '10.0.0.0')).toEqual(['10.0.0.0', '10.0.0.0/24']);
    expect(dog1('fd00::/12', 'fd00::/64', 'fd00::/128')).toEqual(['fd00::/12', 'fd00::/64']);
    expect(dog1('fd00::/64', 'fd00::/128')).toEqual(['fd00::/128', 'fd00::/64']);
  });

  it('keeps one of two spellings, whatever their order', () => {
    expect(dog1('10.0.0.1/32', '10.0.0.1')).toEqual(['10.0.0.1']);
    expect(dog1('10.0.0.1', '10.0.0.1/32')).toEqual(['10.0.0.1']);
    expect(dog1('FD00::1/128', 'fd00::1', 'fd00:0::1/128')).toEqual(['fd00::1']);
    expect(dog1('0.0.0.0/0', '0.0.0.0/32')).toEqual(['0.0.0.0']);
  });

  it('clears host bits and gives ::/0 as two halves', () => {
    expect(dog1('10.0.0.5/24', '10.0.0.0/24')).toEqual(['10.0.0.0/24']);
    expect(dog1('::/0', '::/1', 'fd00::1/8')).toEqual(['8000::/1', '::/1', 'fd00::/8']);
  });
});

describe('canonicalSet in dog2', () => {
  it('gives the fewest nets in the kernel spelling, sorted by bytes', () => {
    expect(dog2('9.9.9.9/32', '10.0.0.0/8', '10.1.0.0/16', '10.0.0.5', '11.0.0.1', '11.0.0.0')).toEqual([
      '10.0.0.0/8',
      '11.0.0.0/31',
      '9.9.9.9',
    ]);
    expect(dog2('FD00::1/128', 'fd00::', 'fe00::2')).toEqual(['fd00::/127', 'fe00::2']);
  });
});
