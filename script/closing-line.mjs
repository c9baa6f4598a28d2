// Prints what failed, and the one line by which a run of script/test is read: "tests: N passed, N failed, N skipped".
// The argument is the report of vitest's JSON reporter; without a readable one, nothing is known to have passed.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Enough of an error to see what it was about; the whole of it stands further up. */
const MESSAGE_LINES = 12;

const excerpt = (text) =>
  stripVTControlCharacters(text ?? '')
    .split('\n')
    .filter((line) => !line.includes('/node_modules/'))
    .slice(0, MESSAGE_LINES)
    .map((line) => `\n      ${line}`)
    .join('');

/** Last in a long log, where somebody who sees only its end still finds them. */
const failuresOf = ({ name, status, message, assertionResults }) => {
  if (status !== 'failed') return [];
  const file = relative(process.cwd(), name ?? '?');
  const tests = assertionResults.filter((test) => test.status === 'failed');
  if (tests.length === 0) return [`failed: ${file}${excerpt(message)}`];
  return tests.map((test) => `failed: ${file} > ${test.fullName}${test.failureMessages.map(excerpt).join('')}`);
};

let counts = { passed: 0, failed: 1, skipped: 0 };
try {
  const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  // A file that could not even be loaded has no tests to count, yet failed.
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  for (const failure of report.testResults.flatMap(failuresOf)) console.log(failure);
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
