import { afterAll, beforeAll, type TestContext } from 'vitest';
import { createOracle, type Oracle } from './kernel-oracle.js';

/**
 * Makes a kernel namespace for the tests of the `describe` that this is called in, and closes it after the last. Gives
 * what each test asks for it; a test on a machine that has none is skipped, with the reason.
 */
export function kernelOfSuite(): (context: TestContext) => Oracle {
  let made: Oracle | { readonly unavailable: string } | undefined;
  beforeAll(async () => {
    made = await createOracle();
  });
  afterAll(async () => {
    if (made !== undefined && !('unavailable' in made)) await made.close();
  });
  return (context) => {
    if (made === undefined) throw new Error('asked before the suite had begun');
    return 'unavailable' in made ? context.skip(made.unavailable) : made;
  };
}
