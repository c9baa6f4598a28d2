import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { JsonObject } from '../../model/document.js';
import { schemaViolation } from '../../model/schema-verdict.js';
import { assertion } from '../../resources/assertion.js';
import { said } from './said.js';

/** A file of tests that can't be taken; the message names the file, the line, and what would be right. */
export class TestFileError extends Error {}

/** An expectation of the file, as the API takes it, and where it stands. */
export interface PolicyTest {
  readonly line: number;
  readonly doc: JsonObject;
}

const NOTATION = '`FROM -> TO PROTOCOL[/PORT]`, such as `zone:office -> group:web tcp/22`';

/** FROM -> TO PROTOCOL[/PORT] [v4|v6] */
const SHORT = /^(\S+)\s*->\s*(\S+)\s+([A-Za-z0-9.-]+)(?:\/([0-9]+))?(?:\s+(v4|v6))?$/;

/**
 * Reads tests of policy: lists `accept` and `refuse`, of short lines or of maps with the fields of an assertion
 * (docs/changing-policy.md#tests-in-a-file).
 * @throws TestFileError
 */
export function readTests(text: string, file: string): readonly PolicyTest[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (node: unknown): number => {
    const range = (node as Node | null)?.range;
    return range ? lines.linePos(range[0]).line : 1;
  };
  const wrong = (line: number, what: string): TestFileError => new TestFileError(`${file}, line ${line}: ${what}`);
  const [fault] = document.errors;
  if (fault !== undefined) throw wrong(lines.linePos(fault.pos[0]).line, fault.message.split('\n')[0] ?? 'no YAML');
  const root = document.contents;
  if (!isMap(root)) throw wrong(1, 'it must be a map with the lists accept and refuse');
  const tests: PolicyTest[] = [];
  for (const { key, value } of root.items) {
    const expect = isScalar(key) ? key.value : undefined;
    const line = lineOf(key);
    if (expect !== 'accept' && expect !== 'refuse')
      throw wrong(line, `${String(expect)} is not known; there are accept and refuse`);
    if (value === null || (isScalar(value) && value.value === null)) continue;
    if (!isSeq(value)) throw wrong(line, `${expect} must be a list of ${NOTATION}`);
    for (const item of value.items) {
      const at = lineOf(item);
      const doc = isScalar(item)
        ? shortTest(item.value, () => wrong(at, `${JSON.stringify(item.value)} must be ${NOTATION}`))
        : ((item as Node).toJS(document) as JsonObject);
      if (typeof doc !== 'object' || Array.isArray(doc)) throw wrong(at, `it must be ${NOTATION}, or a map`);
      if ('expect' in doc && doc['expect'] !== expect)
        throw wrong(at, `expect is said by the list that it is in, which is ${expect}`);
      tests.push({ line: at, doc: checked({ name: nameOf(doc), mode: 'enforce', ...doc, expect }, at, wrong) });
    }
  }
  if (tests.length === 0) throw wrong(1, 'there is no test in it; give the lists accept and refuse');
  return tests;
}

function shortTest(value: unknown, wrong: () => TestFileError): JsonObject {
  const match = typeof value === 'string' ? SHORT.exec(value.trim()) : null;
  if (match === null) throw wrong();
  const [, from = '', to = '', protocol = '', port, family] = match;
  return {
    from,
    to,
    protocol,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(family === undefined ? {} : { family }),
  };
}

function nameOf({ from, to, protocol, port, family }: JsonObject): string {
  const where = port === undefined ? '' : `/${said(port)}`;
  const only = family === undefined ? '' : ` ${said(family)}`;
  return `${said(from)} -> ${said(to)} ${said(protocol)}${where}${only}`;
}

function checked(doc: JsonObject, line: number, wrong: (line: number, what: string) => TestFileError): JsonObject {
  const violation = schemaViolation(assertion.schema, doc);
  if (violation === undefined) return doc;
  const { path, errorType, value, schema } = violation;
  const where = path.length === 0 ? '' : `${path.join('.')} `;
  throw wrong(line, `${where}${errorType.replaceAll('_', ' ')} (${JSON.stringify(value)}): ${JSON.stringify(schema)}`);
}
