import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileInput } from '../support/compile-input.js';
import { kernelOfSuite } from '../support/kernel-of-suite.js';
import type { PolicyInput } from '../support/policy-arbitrary.js';
import { soundPolicy } from '../support/policy-arbitrary.js';

/**
 * Trial 17: random policies are compiled and loaded into the real kernel. All must load, all hashes must match, and the
 * same state must give the same bytes. 200 by default, 10,000 with TRIALS=full; half of them in each dialect.
 */
const RUNS = process.env['TRIALS'] === 'full' ? 10_000 : 200;

describe('trial 17: random policies', () => {
  const kernelFor = kernelOfSuite();

  it.for(['dog1', 'dog2'] as const)(
    '%s: all load and read back to their hash',
    { timeout: 3_600_000 },
    async (dialect, context) => {
      const kernel = kernelFor(context);
      let loaded = 0;
      await fc.assert(
        fc.asyncProperty(soundPolicy, async (policy: PolicyInput) => {
          const result = compileInput(policy, dialect);
          if (!result.ok) throw new Error(JSON.stringify(result.error));
          expect(compileInput(structuredClone(policy), dialect)).toEqual(result);
          const made = await kernel.makeSets(result.sets);
          if (!made.ok) throw new Error(made.message);
          for (const verdict of await kernel.proveRuleset(result.text, policy.version)) {
            expect(verdict, result.text).toMatchObject({ ok: true, hash: result.hash });
            loaded += 1;
          }
        }),
        { numRuns: RUNS / 2 },
      );
      expect(loaded).toBe((RUNS / 2) * kernel.backends.length);
      context.annotate(`${RUNS / 2} policies, ${loaded} loads`).catch(() => undefined);
    },
  );
});
