import { describe, expect, it } from 'vitest';
import { parseInterfaces, printInterfaces } from '../../../src/wire/messages/interfaces.js';

describe('parseInterfaces', () => {
  it('lists every address once, in order, the public one of EC2 too', () => {
    const text =
      '{"lo":["127.0.0.1"],"eth0":["10.0.0.1","fd00::1"],"eth0:1":["10.0.0.1"],"ec2_public_ipv4":["198.51.100.7"]}';
    const interfaces = parseInterfaces(text);
    expect(interfaces.addresses).toEqual(['127.0.0.1', '10.0.0.1', 'fd00::1', '198.51.100.7']);
    expect(interfaces.byName.get('eth0')).toEqual(['10.0.0.1', 'fd00::1']);
    expect(interfaces.problem).toBeUndefined();
    expect(printInterfaces(Object.fromEntries(interfaces.byName))).toBe(text);
  });

  it('takes [] for no interface', () => {
    expect(parseInterfaces('[]')).toMatchObject({ addresses: [], problem: undefined });
    expect(printInterfaces({})).toBe('[]');
  });

  it.each([
    ['', 'no JSON'],
    ['{"eth0":', 'no JSON'],
    ['[1]', 'a list'],
    ['null', 'no object'],
    ['"x"', 'no object'],
    ['{"eth0":"10.0.0.1"}', '"eth0" holds no list'],
    ['{"eth0":[1]}', '"eth0" holds more than strings'],
  ])('says what is wrong with %j', (text, problem) => {
    expect(parseInterfaces(text).problem).toContain(problem);
  });

  it('keeps the good parts of a bad text', () => {
    expect(parseInterfaces('{"a":7,"b":["10.0.0.1",null]}').addresses).toEqual(['10.0.0.1']);
  });
});
