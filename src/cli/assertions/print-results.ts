import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { PolicyTest } from './read-tests.js';
import { witnessText } from './witness-text.js';

/** A test and what came of it. */
export interface TestResult extends PolicyTest {
  readonly state: 'holds' | 'broken' | 'unknown';
  readonly witness: JsonObject | null;
  readonly reason: string | null;
}

function failure({ doc, state, witness, reason }: TestResult): string {
  if (state === 'unknown') return `cannot be told: ${reason ?? ''}`;
  return `expected ${textOf(doc['expect'])}, but ${witness === null ? 'it is not so' : witnessText(witness)}`;
}

/** For people. */
export function resultsText(results: readonly TestResult[], file: string): string {
  const lines = results.map((one) =>
    one.state === 'holds'
      ? `ok    ${textOf(one.doc['expect'])} ${textOf(one.doc['name'])}`
      : `FAIL  ${textOf(one.doc['expect'])} ${textOf(one.doc['name'])} (${file}:${one.line})\n      ${failure(one)}`,
  );
  const failed = results.filter(({ state }) => state !== 'holds').length;
  return `${lines.join('\n')}\n${results.length - failed} of ${results.length} hold\n`;
}

export function resultsJson(results: readonly TestResult[], file: string): JsonObject {
  return {
    file,
    passed: results.filter(({ state }) => state === 'holds').length,
    failed: results.filter(({ state }) => state !== 'holds').length,
    tests: results.map(({ doc, line, state, witness, reason }) => ({
      name: textOf(doc['name']),
      expect: textOf(doc['expect']),
      line,
      state,
      witness,
      reason,
    })),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xml(text: string): string {
  // XML 1.0 has no way to write most control characters.

  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?')
    .replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);
}

/** The form of JUnit, which pipelines read. */
export function resultsJunit(results: readonly TestResult[], file: string): string {
  const failed = results.filter(({ state }) => state !== 'holds').length;
  const cases = results.map((one) => {
    const name = `${textOf(one.doc['expect'])} ${textOf(one.doc['name'])}`;
    const head = `    <testcase classname="${xml(file)}" name="${xml(name)}" file="${xml(file)}" line="${one.line}"`;
    if (one.state === 'holds') return `${head}/>`;
    const text = failure(one);
    return `${head}>\n      <failure type="${one.state}" message="${xml(text)}">${xml(text)}</failure>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length}" failures="${failed}">`,
    `  <testsuite name="${xml(file)}" tests="${results.length}" failures="${failed}" errors="0" skipped="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
