import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapeLine } from '../../src/log/escape-line.js';
import { redactLine } from '../../src/log/redact-secrets.js';
import { safeLine } from '../../src/log/safe-line.js';

it('a line is redacted and escaped as step by step, whatever it holds', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '://ann:secret@host',
      'BeArEr 0123456789',
      'basic 0123456789',
      '\u202e',
      '\u007f',
      '\u2028',
      '\u{e0001}',
    ),
    fc.string(),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const line = `${JSON.stringify({ msg: parts.join(' ') })}\n`;
      expect(safeLine(line)).toBe(escapeLine(redactLine(line)));
      expect(safeLine(parts.join(''))).toBe(escapeLine(redactLine(parts.join(''))));
    }),
    { numRuns: 500 },
  );
});
