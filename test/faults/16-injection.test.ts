import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitArguments } from '../../src/firewall/iptables/split-arguments.js';
import type { JsonObject } from '../../src/model/document.js';
import { compileInput } from '../support/compile-input.js';
import { kernelOfSuite } from '../support/kernel-of-suite.js';

/**
 * Trial 16: comments, log prefixes and interfaces that try to leave their place. Either the rule is refused by field,
 * or what the kernel holds afterwards is the model's rule and nothing else. 150 by default, 5,000 with TRIALS=full.
 */
const RUNS = process.env['TRIALS'] === 'full' ? 5000 : 150;

const HOSTILE = [
  'x y" -j DROP\n-A INPUT -j ACCEPT\n-A INPUT -m comment --comment "z',
  'x" -j ACCEPT -m comment --comment "y',
  "' -j ACCEPT '",
  'COMMIT\n*filter\n-A INPUT -j ACCEPT',
  'a\r\n-A INPUT -j ACCEPT',
  '\\" -j ACCEPT',
  '" -j ACCEPT #',
  'eth0 -j ACCEPT',
  'eth0" -j "ACCEPT',
  '! eth0',
  '-j',
  '\u0000-j ACCEPT',
  '\u2028-A INPUT -j ACCEPT',
];
const piece = fc.constantFrom(
  '"',
  "'",
  '\\',
  '\n',
  '\r',
  '\t',
  ' ',
  ' -j ACCEPT',
  '-A INPUT',
  'COMMIT',
  '#',
  '[0:0]',
  ':',
  'a',
  'é',
  '\u0000',
  '!',
);
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
/** Half of the time one field is hostile, so that most texts get past the checks of the others. */
const field = fc.oneof({ arbitrary: fc.constant(''), weight: 2 }, { arbitrary: hostile, weight: 1 });

const attack = fc.record({
  comment: fc.oneof({ arbitrary: fc.constant(''), weight: 1 }, { arbitrary: hostile, weight: 3 }),
  interface: field,
  log_prefix: field,
  action: fc.constantFrom('ACCEPT', 'DROP', 'REJECT'),
  direction: fc.constantFrom('inbound', 'outbound'),
  type: fc.constantFrom('ipsets', 'iptables'),
  version: fc.constantFrom('v4' as const, 'v6' as const),
});
type Attack = typeof attack extends fc.Arbitrary<infer T> ? T : never;

function inputOf({ direction, type, version, ...fields }: Attack): JsonObject {
  const rule = {
    active: true,
    group: 'any',
    group_type: 'ANY',
    log: true,
    service: 'ssh',
    states: ['NEW'],
    type: 'BASIC',
    ...fields,
  };
  return {
    profile: { rules: { inbound: [], outbound: [], [direction]: [rule] } },
    type,
    version,
    selfGroup: 'web',
    groups: [],
    zones: [],
    services: [{ id: 'ssh', name: 'ssh', services: [{ protocol: 'tcp', ports: ['22'] }] }],
  };
}

/** Every rule line, split as the kernel's tools do; without the comment, and the comment by itself. */
function rulesOf(text: string): { readonly words: readonly string[]; readonly comment: string | undefined }[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('-A '))
    .map((line) => {
      const words = [...splitArguments(line)];
      const at = words.indexOf('--comment');
      const [, comment] = at < 0 ? [] : words.splice(at, 2);
      return { words, comment };
    });
}

/** What dog2 lets a comment say. */
function printedComment(comment: string): string {
  return comment.replace(/[^\u0000-\u007f]/gu, '?').slice(0, 255);
}

describe('trial 16: injection', () => {
  const kernelFor = kernelOfSuite();

  it.for(['dog1', 'dog2'] as const)(
    '%s: what the kernel holds is the model',
    { timeout: 3_600_000 },
    async (dialect, context) => {
      const kernel = kernelFor(context);
      const seen = { loaded: 0, refused: 0 };
      const tame = { comment: 'c', interface: 'eth0', log_prefix: '' };
      await fc.assert(
        fc.asyncProperty(attack, async (tried) => {
          const result = compileInput(inputOf(tried), dialect);
          if (!result.ok) {
            seen.refused += 1;
            expect(['comment', 'interface']).toContain(result.error.field);
            return;
          }
          // The same rule with harmless texts says which words and how many rules there must be.
          const model = compileInput(inputOf({ ...tried, ...tame }), dialect);
          if (!model.ok) throw new Error(JSON.stringify(model.error));
          const named = ['', 'ANY', '+'].includes(tried.interface) ? undefined : tried.interface;
          const wanted = rulesOf(model.text).map(({ words, comment }) => {
            const at = words.indexOf('eth0');
            const device = at < 0 ? words : named === undefined ? words.toSpliced(at - 1, 2) : words.with(at, named);
            const none = comment === 'c' && tried.comment === '';
            return {
              words: none
                ? device.filter(
                    (word, i) =>
                      !(word === 'comment' && device[i - 1] === '-m') &&
                      !(word === '-m' && device[i + 1] === 'comment'),
                  )
                : device,
              comment,
            };
          });
          for (const verdict of await kernel.proveRuleset(result.text, tried.version)) {
            if (!verdict.ok) throw new Error(`${verdict.message}\n${result.text}`);
            expect(verdict.hash).toBe(result.hash);
            const held = rulesOf(verdict.saved);
            expect(held.map(({ words }) => words)).toEqual(wanted.map(({ words }) => words));
            // Fixed lines have comments of their own; ours are all one text, which the old spelling may read otherwise.
            const texts = new Set(held.map(({ comment }) => comment));
            texts.delete(undefined);
            texts.delete('local any');
            if (dialect === 'dog1') expect(texts.size).toBeLessThanOrEqual(1);
            else expect([...texts]).toEqual(tried.comment === '' ? [] : [printedComment(tried.comment)]);
            seen.loaded += 1;
          }
        }),
        {
          numRuns: RUNS,
          examples: HOSTILE.flatMap((text) => [
            [
              {
                comment: text,
                interface: '',
                log_prefix: text,
                action: 'DROP',
                direction: 'inbound',
                type: 'ipsets',
                version: 'v4',
              },
            ],
            [
              {
                comment: '',
                interface: text,
                log_prefix: '',
                action: 'DROP',
                direction: 'outbound',
                type: 'ipsets',
                version: 'v4',
              },
            ],
          ]),
        },
      );
      expect(Math.min(seen.loaded, seen.refused), JSON.stringify(seen)).toBeGreaterThan(10);
      context.annotate(`${seen.refused} refused, ${seen.loaded} loads`).catch(() => undefined);
    },
  );
});
