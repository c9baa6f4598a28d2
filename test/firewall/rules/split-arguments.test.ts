import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitArguments, splitClosed } from '../../../src/firewall/iptables/split-arguments.js';

/** The same rule, character by character. */
function slowly(line: string): { readonly words: readonly string[]; readonly open: boolean } {
  const words: string[] = [];
  let [current, quoted, escaped] = ['', false, false];
  const end = (): void => {
    words.push(current);
    current = '';
  };
  for (const char of line) {
    if (quoted && escaped) [current, escaped] = [current + char, false];
    else if (quoted && char === '\\') escaped = true;
    else if (quoted && char === '"') {
      quoted = false;
      end();
    } else if (quoted) current += char;
    else if (char === '"') quoted = true;
    else if (!/[ \t\n]/.test(char)) current += char;
    else if (current !== '') end();
  }
  if (current !== '') end();
  return { words, open: quoted };
}

it('splits as reading character by character does', () => {
  const part = fc.oneof(fc.constantFrom('"', '\\', ' ', '\t', '\n', '-m', 'a', 'ü', '😀'), fc.string());
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const line = parts.join('');
      const { words, open } = slowly(line);
      expect(splitArguments(line)).toEqual(words);
      expect(splitClosed(line)).toEqual(open ? undefined : words);
    }),
    { numRuns: 2000 },
  );
});
