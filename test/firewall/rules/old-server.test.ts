import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rulesetHash } from '../../../src/firewall/iptables/normalize-ruleset.js';
import type { AwkwardInput } from '../../support/awkward-input.js';
import { asDocuments, awkwardInput } from '../../support/awkward-input.js';
import { compileInput } from '../../support/compile-input.js';
import type { IpVersion, Oracle } from '../../support/kernel-oracle.js';
import { kernelOfSuite } from '../../support/kernel-of-suite.js';
import { oldServerRuleset } from '../../support/old-server-ruleset.js';

/**
 * Awkward rules, one at a time. Where the kernel takes the old server's text and reads it back to the same hash, dog1
 * gives those very bytes. Everything else, in both dialects, is refused by rule and field, or taken by the kernel.
 */
const RUNS = process.env['TRIALS'] === 'full' ? 5000 : 150;

function oldText(given: AwkwardInput): string | undefined {
  try {
    return oldServerRuleset({ ...given, rules: given.profile.rules });
  } catch {
    return undefined;
  }
}

/** Rules with a target; what stands in quotes, which may hold a line feed, is no target. */
function withTargets(text: string): number {
  return text.split('\n').filter((line) => /^-A [^]*-j /.test(line)).length;
}
function withoutQuoted(saved: string): string {
  return saved.replace(/"(?:[^"\\]|\\.)*"/g, '""');
}
function setNames(text: string): string[] {
  return [...text.matchAll(/--match-set (\S+) (?:src|dst)/g)].map((match) => match[1] as string);
}

describe('the old server and the kernel as judges', () => {
  const kernelFor = kernelOfSuite();

  /** Whether every back end takes the text, with every rule's target, and reads it back to its hash. */
  const isFaithful = async (kernel: Oracle, text: string, version: IpVersion): Promise<boolean> => {
    for (const name of setNames(text)) await kernel.makeSets([name]);
    const verdicts = await kernel.proveRuleset(text, version);
    return verdicts.every(
      (one) => one.ok && one.hash === rulesetHash(text) && withTargets(withoutQuoted(one.saved)) === withTargets(text),
    );
  };

  it('dog1 repeats what is faithful; all else is refused or proved', { timeout: 3_600_000 }, async (context) => {
    const kernel = kernelFor(context);
    const counts = { faithful: 0, refused: 0, mended: 0 };
    await fc.assert(
      fc.asyncProperty(awkwardInput, async (given) => {
        const documents = asDocuments(given);
        const old = oldText(given);
        const results = [compileInput(documents, 'dog1'), compileInput(documents, 'dog2')];
        const faithful = old !== undefined && (await isFaithful(kernel, old, given.version));
        if (faithful) {
          const [dog1] = results;
          expect(dog1).toMatchObject({ ok: true, text: old });
          counts.faithful += 1;
        }
        for (const result of results) {
          if (!result.ok) {
            expect(result.error.rule).toEqual({
              direction: given.profile.rules.inbound.length > 0 ? 'inbound' : 'outbound',
              index: 0,
            });
            expect(result.error.field).not.toBe('');
            counts.refused += 1;
            continue;
          }
          if (result.text === old && faithful) continue;
          const made = await kernel.makeSets(result.sets);
          expect(made.message).toBe('');
          for (const verdict of await kernel.proveRuleset(result.text, given.version)) {
            expect(verdict, result.text).toMatchObject({ ok: true, hash: result.hash });
          }
          counts.mended += 1;
        }
      }),
      { numRuns: RUNS },
    );
    expect(Math.min(counts.faithful, counts.refused, counts.mended), JSON.stringify(counts)).toBeGreaterThan(0);
    context.annotate(JSON.stringify(counts)).catch(() => undefined);
  });
});
