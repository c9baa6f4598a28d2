import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/document.js';
import { encodeTerm } from '../../../src/wire/encode.js';
import { termFromJson } from '../../../src/wire/json.js';
import { encodeEnvelope, stampPairs } from '../../../src/wire/messages/envelope.js';
import { readPlainReport } from '../../../src/wire/messages/plain-report.js';
import { decodeReportTerms, encodeReport, type Report } from '../../../src/wire/messages/report.js';
import { REPORT_FIELDS } from '../../../src/wire/messages/report-fields.js';
import { atom, binary, list, map, tuple, type MapEntry, type Term } from '../../../src/wire/term.js';
import { arbitraryTerm } from '../../support/arbitrary-term.js';
import { GOLDEN_STAMP } from '../../support/golden-stamp.js';
import { reportFields } from '../../support/report-fields.js';

const NAMES = Object.keys(REPORT_FIELDS);

/** What is said of a report, the order of its fields included; or nothing, where it is refused. */
function byTerms(body: Uint8Array): string | undefined {
  let report: Report;
  try {
    report = decodeReportTerms(body);
  } catch {
    return undefined;
  }
  const { updateType, fields, extra } = report;
  return JSON.stringify({ updateType, fields: Object.entries(fields), extra });
}

/** Both ways say the same, or the short one says nothing. */
function compare(body: Uint8Array): boolean {
  const plain = readPlainReport(body);
  if (plain === undefined) return false;
  const { updateType, fields } = plain;
  expect(JSON.stringify({ updateType, fields: Object.entries(fields), extra: {} })).toBe(byTerms(body));
  return true;
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '*', 'inactive', ' a\tb\r\n', '\u007f', '__proto__', 'é', 'x'.repeat(1025), 'y'.repeat(200)),
);
const value: fc.Arbitrary<Term> = fc.oneof(
  { arbitrary: text.map(termFromJson), weight: 8 },
  fc.array(text, { maxLength: 4 }).map(termFromJson),
  fc.dictionary(fc.oneof(text, fc.constantFrom('1', 'name')), text, { maxKeys: 4 }).map(termFromJson),
  fc.constantFrom('keepalive', 'force', 'update', 'true').map(atom),
  arbitraryTerm,
);
/** The members of a report with some changed, left out, twice, or in another order. */
const members: fc.Arbitrary<readonly MapEntry[]> = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...NAMES, 'updatetype', 'os_type'), value, { maxKeys: 6 }),
    fc.subarray([...NAMES, 'updatetype'], { minLength: NAMES.length - 1 }),
    fc.option(fc.nat(30), { nil: undefined, freq: 8 }),
    fc.boolean(),
  )
  .map(([changes, kept, twice, reversed]) => {
    const whole: Record<string, Term> = { updatetype: atom('keepalive') };
    for (const [name, field] of Object.entries(reportFields())) whole[name] = termFromJson(field);
    Object.assign(whole, changes);
    const pairs = Object.entries(whole)
      .filter(([name]) => kept.includes(name) || Object.hasOwn(changes, name))
      .map(([name, term]): MapEntry => [binary(name), term]);
    const again = twice === undefined ? undefined : pairs[twice % pairs.length];
    if (again !== undefined) pairs.push(again);
    return reversed ? pairs.reverse() : pairs;
  });
const body = members.map((entries) => encodeEnvelope(map([[atom('config'), map(entries)]]), GOLDEN_STAMP));

describe('the short way to read a report', () => {
  it('says what the way by terms says, whatever the fields', () => {
    let plain = 0;
    fc.assert(
      fc.property(body, (bytes) => {
        if (compare(bytes)) plain += 1;
      }),
      { numRuns: 2000 },
    );
    expect(plain).toBeGreaterThan(20);
  });

  it('says so whatever byte is another one, and wherever the message ends or goes on', () => {
    const whole = encodeReport('keepalive', WHOLE, GOLDEN_STAMP);
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.oneof(fc.nat(255), fc.constantFrom(97, 104, 105, 106, 107, 108, 109, 116)),
        fc.option(fc.nat(whole.length + 1), { nil: undefined, freq: 3 }),
        (at, byte, length) => {
          const bytes = Buffer.concat([whole, Buffer.from([106])]).subarray(0, length ?? whole.length);
          if (at < bytes.length) bytes[at] = byte;
          compare(bytes);
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('says so whatever stands around the report', () => {
    const report = map([
      ...Object.entries(reportFields()).map(([name, field]): MapEntry => [binary(name), termFromJson(field)]),
      [binary('updatetype'), atom('force')],
    ]);
    const userData = fc.oneof(
      fc.constant(map([[atom('config'), report]])),
      arbitraryTerm.map((other) =>
        map([
          [atom('config'), report],
          [atom('other'), other],
        ]),
      ),
      arbitraryTerm,
    );
    const part = fc.oneof(
      userData.map((data) => tuple(atom('user_data'), data)),
      arbitraryTerm.map((other) => tuple(atom('count'), other)),
      fc.constantFrom(...stampPairs(GOLDEN_STAMP), atom('user_data')),
      arbitraryTerm,
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.oneof(fc.constant(undefined), arbitraryTerm), (parts, tail) => {
        compare(encodeTerm(list(parts, tail)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the way of every report as agents send them', () => {
    for (const type of ['keepalive', 'force', 'update'] as const)
      for (const fields of [WHOLE, reportFields(), { ...WHOLE, active: 'inactive' }, { ...WHOLE, os_distribution: [] }])
        expect(compare(encodeReport(type, fields, GOLDEN_STAMP))).toBe(true);
  });
});

/** Every field that an agent may send, but `active`. */
const WHOLE: JsonObject = reportFields({
  ec2_region: 'us-west-2',
  ec2_instance_id: 'i-1',
  ec2_availability_zone: 'us-west-2a',
  ec2_owner_id: '1',
  ec2_vpc_id: 'vpc-1',
  ec2_subnet_id: 'subnet-1',
  ec2_security_group_ids: ['sg-1', 'sg-2'],
  ec2_instance_tags: { Name: 'web1', '1': 'one' },
  os_distribution: 'Debian\n',
  os_version: '12',
  docker_container_ids: ['a', 'b'],
});
