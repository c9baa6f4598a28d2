import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutComment, kernelComment, oldStyleLine } from '../../../src/firewall/iptables/comment-text.js';
import { splitArguments } from '../../../src/firewall/iptables/split-arguments.js';

function line(comment: string): string {
  return `-A INPUT -m comment --comment ${comment} -j ACCEPT`;
}
function old(text: string): string {
  return oldStyleLine(text, (comment) => comment);
}

describe('comments', () => {
  it('are one argument, the same text, in the kernel spelling', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(splitArguments(line(kernelComment(text)))).toEqual([
          ...line('').split(' ').slice(0, 5),
          text,
          '-j',
          'ACCEPT',
        ]);
      }),
    );
  });

  it('keep their bytes in the old spelling only where the kernel hashes them alike', () => {
    expect(old('word')).toBe('word');
    expect(old('two words')).toBe('"two words"');
    expect(old('v1.2/x')).toBe('v1.2/x');
    expect(old('"quoted"')).toBe('"quoted"');
    expect(old("it's")).toBe(String.raw`"it\'s"`);
    expect(old('a"b')).toBe(String.raw`"a\"b"`);
    expect(old('x y" -j DROP')).toBe(String.raw`"x y\" -j DROP"`);
    expect(old('no\u00a0break')).toBe('no\u00a0break');
    expect(old('joined \u0301')).toBe('"joined \u0301"');
    expect(oldStyleLine('[1]', (comment) => `-A INPUT -m x 1:2 --comment ${comment} -j DROP`)).toContain('"[1]"');
    expect(oldStyleLine('[1]', (comment) => `-A INPUT --comment ${comment} -j DROP`)).toContain(' [1] ');
  });

  it('are cut where the kernel cuts, at a whole character', () => {
    expect(cutComment('a'.repeat(300))).toHaveLength(255);
    expect(cutComment('é'.repeat(128))).toBe('é'.repeat(127));
    expect(cutComment('a'.repeat(255))).toHaveLength(255);
  });
});
