// Prints the one line by which a run of script/test is read: "tests: N passed, N failed, N skipped".
// The argument is the report of vitest's JSON reporter; without a readable one, nothing is known to have passed.
import { readFileSync } from 'node:fs';

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
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
