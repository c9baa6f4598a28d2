import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** Suites by what a test file imports (the real parts it runs against), or where it lies. A file may be in several. */
const SUITES: readonly { readonly name: string; readonly has: (path: string, imports: string) => boolean }[] = [
  { name: 'RabbitMQ', has: (_, imports) => /rabbitmq/i.test(imports) },
  { name: 'kernel', has: (path, imports) => /kernel-?(oracle|of-suite)|kernel-namespace/i.test(imports + path) },
  { name: 'golden', has: (path, imports) => /golden/i.test(imports + path) },
  { name: 'RethinkDB', has: (path, imports) => /rethinkdb/i.test(imports + path) },
  { name: 'SMTP', has: (_, imports) => /smtp-relay/.test(imports) },
  { name: 'faults', has: (path) => path.startsWith('test/faults/') },
  { name: 'conformance', has: (path) => path.startsWith('test/conformance/') },
];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Prints the counts of each suite, and every skipped test by name with its reason. */
export default class SuiteCountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const suites = new Map<string, Counts>(SUITES.map(({ name }) => [name, { passed: 0, failed: 0, skipped: 0 }]));
    const skipped: string[] = [];
    for (const module of modules) {
      const path = relative(process.cwd(), module.moduleId);
      const imports = importsOf(module.moduleId);
      const counts = SUITES.filter(({ has }) => has(path, imports)).flatMap(({ name }) => suites.get(name) ?? []);
      for (const test of module.children.allTests()) {
        const result = test.result();
        const state = result.state === 'pending' ? 'skipped' : result.state;
        for (const suite of counts) suite[state] += 1;
        if (state !== 'skipped') continue;
        const note = result.state === 'skipped' ? result.note : undefined;
        // A reason may also stand in the test's name, in brackets.
        const reason = note ?? (test.fullName.includes('(') ? undefined : 'no reason given');
        skipped.push(`  ${path} > ${test.fullName}${reason === undefined ? '' : `: ${reason}`}`);
      }
    }
    const lines = [...suites].map(
      ([name, { passed, failed, skipped }]) => `suite ${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`,
    );
    if (skipped.length > 0) lines.push(`skipped tests:`, ...skipped);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** The import lines of a file, its own and those that its dynamic imports name. */
function importsOf(file: string): string {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /\bfrom '|\bimport\(/.test(line))
    .join('\n');
}
