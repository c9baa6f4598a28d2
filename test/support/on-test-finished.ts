import { AsyncLocalStorage } from 'node:async_hooks';
import { onTestFinished as ofTheOnlyTest, type TestContext } from 'vitest';

const tests = new AsyncLocalStorage<TestContext>();

/**
 * Vitest's own, which also knows its test where several run at once: there Vitest's takes the one that began last, and
 * would end what another still needs. `sideBySide` tells it.
 */
export function onTestFinished(done: () => unknown): void {
  const test = tests.getStore();
  if (test === undefined) ofTheOnlyTest(async () => void (await done()));
  else test.onTestFinished(async () => void (await done()));
}

/** The body of a case of `it.concurrent.for`: what it asks `onTestFinished` for belongs to it. */
export function sideBySide<Case>(
  body: (each: Case, test: TestContext) => void | Promise<void>,
): (each: Case, test: TestContext) => Promise<void> {
  return (each, test) => tests.run(test, async () => body(each, test));
}

/** The same for a single `it.concurrent`. */
export function besideOthers(body: (test: TestContext) => void | Promise<void>): (test: TestContext) => Promise<void> {
  return (test) => tests.run(test, async () => body(test));
}
