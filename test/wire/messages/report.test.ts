import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeTerm } from '../../../src/wire/encode.js';
import { encodeEnvelope } from '../../../src/wire/messages/envelope.js';
import { decodeReport, encodeReport, ReportError } from '../../../src/wire/messages/report.js';
import { REPORT_FIELDS } from '../../../src/wire/messages/report-fields.js';
import {
  atom,
  binary,
  charlist,
  integer,
  list,
  map,
  NIL,
  tuple,
  type MapEntry,
  type Term,
} from '../../../src/wire/term.js';
import { GOLDEN_STAMP } from '../../support/golden-stamp.js';
import { goldenTerm } from '../../support/golden-term.js';
import { reportFields } from '../../support/report-fields.js';

/** A report with some fields replaced by terms, or left out (`undefined`). */
function reportWith(changes: Readonly<Record<string, Term | undefined>>): Buffer {
  const fields: Record<string, Term | undefined> = {
    ...Object.fromEntries(Object.entries(reportFields()).map(([name, value]) => [name, binary(value as string)])),
    updatetype: atom('keepalive'),
    ...changes,
  };
  const entries = Object.entries(fields).flatMap(([name, value]): MapEntry[] =>
    value === undefined ? [] : [[binary(name), value]],
  );
  return encodeEnvelope(map([[atom('config'), map(entries)]]), GOLDEN_STAMP);
}

function refusal(body: Uint8Array): ReportError {
  try {
    decodeReport(body);
  } catch (error) {
    expect(error).toBeInstanceOf(ReportError);
    return error as ReportError;
  }
  throw new Error('was not refused');
}

describe('decodeReport', () => {
  it.each(['msg_ips_force', 'msg_ips_force_otp24', 'msg_ips_force_elixir', 'msg_ips_update', 'msg_ips_keepalive'])(
    'takes %s whole',
    (name) => {
      const report = decodeReport(goldenTerm(name));
      expect(report).toMatchObject({
        updateType: /update|keepalive/.exec(name)?.[0] ?? 'force',
        hostkey: '2cf5115b7720132b40bd37cef9021f4782e2f7d1',
        name: 'web1.example.net',
        group: 'web',
        environment: '*',
        location: '*',
        stopping: false,
        extra: {},
      });
      expect(report.interfaces).toMatchObject({
        addresses: ['127.0.0.1', '::1', '10.1.1.51', '2001:db8::51', 'fe80::1'],
        problem: undefined,
      });
      expect(Object.keys(report.fields).length).toBe(name.endsWith('elixir') ? 23 : 24);
      expect(report.hashes.hash4_ipsets).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  it.each([
    'agent-ips-force',
    'agent-ips-elixir-force',
    'agent-ips-inactive',
    'agent-ips-keepalive',
    'agent-ips-update',
  ])('takes the captured %s', (name) => {
    const report = decodeReport(readFileSync(`test/captures/${name}.bin`));
    expect(report.stopping).toBe(name.endsWith('inactive'));
    expect(report.fields['os_distribution']).toBe('Debian');
    expect(report.fields['ec2_instance_tags']).toEqual({});
  });

  it('comes from encodeReport to the byte', () => {
    for (const name of ['msg_ips_force', 'msg_ips_keepalive', 'msg_ips_force_elixir']) {
      const { updateType, fields } = decodeReport(goldenTerm(name));
      expect(encodeReport(updateType, fields, GOLDEN_STAMP).equals(goldenTerm(name))).toBe(true);
    }
  });

  const required = Object.keys(REPORT_FIELDS).filter((field) => REPORT_FIELDS[field]?.required === true);

  it.each([...required, 'updatetype'])('refuses a report without %s', (field) => {
    const error = refusal(reportWith({ [field]: undefined }));
    expect(error).toMatchObject({ reason: 'missing_field', field });
    expect(error.message).toContain(field);
  });

  it('does without the fields that some agents lack', () => {
    const optional = Object.keys(REPORT_FIELDS).filter((field) => !required.includes(field));
    const report = decodeReport(reportWith(Object.fromEntries(optional.map((field) => [field, undefined]))));
    expect(Object.keys(report.fields).sort()).toEqual([...required].sort());
  });

  it.each([...Object.keys(REPORT_FIELDS), 'updatetype'])('refuses the wrong type in %s', (field) => {
    expect(refusal(reportWith({ [field]: integer(7) }))).toMatchObject({ reason: 'wrong_type', field });
    expect(refusal(reportWith({ [field]: tuple(binary('x')) }))).toMatchObject({ reason: 'wrong_type', field });
  });

  it.each(Object.keys(REPORT_FIELDS))('refuses 1 MB in %s, without repeating it', (field) => {
    const megabyte = binary('x'.repeat(1024 * 1024));
    const content = {
      list: list([megabyte]),
      tags: map([[binary('k'), megabyte]]),
      text_or_list: list([megabyte]),
      text: megabyte,
      text_or_chunks: list([binary('a')], megabyte),
    }[(REPORT_FIELDS[field] as (typeof REPORT_FIELDS)[string]).kind];
    const error = refusal(reportWith({ [field]: content }));
    expect(error).toMatchObject({ reason: 'too_large', field });
    expect(error.message.length).toBeLessThan(200);
  });

  it('keeps names apart as Erlang does: a charlist or an atom is no field and no text', () => {
    expect(refusal(reportWith({ group: charlist('web') }))).toMatchObject({ reason: 'wrong_type', field: 'group' });
    expect(refusal(reportWith({ updatetype: binary('force') }))).toMatchObject({ reason: 'wrong_type' });
    const atoms = map([[atom('hostkey'), binary('h')]]);
    expect(refusal(encodeEnvelope(map([[atom('config'), atoms]]), GOLDEN_STAMP)).reason).toBe('missing_field');
  });

  it('refuses what it does not know', () => {
    expect(refusal(reportWith({ updatetype: atom('reboot') })).reason).toBe('unknown_update_type');
    expect(refusal(reportWith({ active: binary('retired') }))).toMatchObject({ reason: 'bad_value', field: 'active' });
  });

  it('refuses line breaks and controls in what becomes names and headers, and empty keys', () => {
    for (const field of ['name', 'hostkey', 'group']) {
      expect(refusal(reportWith({ [field]: binary('a\r\nBcc: x') }))).toMatchObject({ reason: 'bad_value', field });
    }
    expect(refusal(reportWith({ hostkey: binary('') }))).toMatchObject({ reason: 'bad_value', field: 'hostkey' });
    expect(decodeReport(reportWith({ group: binary('') })).group).toBe('');
    expect(refusal(reportWith({ name: binary(Buffer.of(0xff)) }))).toMatchObject({
      reason: 'wrong_type',
      field: 'name',
    });
  });

  it('says whose report it refused, when that can be read', () => {
    expect(refusal(reportWith({ interfaces: undefined })).hostkey).toBe('host-key-0001');
    expect(refusal(reportWith({ hostkey: integer(1) })).hostkey).toBeUndefined();
  });

  it.each<[string, Buffer, string, string | undefined]>([
    ['no term', Buffer.from('hello'), 'malformed_term', undefined],
    ['no proplist', encodeTerm(integer(1)), 'malformed_envelope', 'user_data'],
    ['no user_data', encodeTerm(list([tuple(atom('count'), integer(1))])), 'malformed_envelope', 'user_data'],
    ['a bare user_data', encodeTerm(list([atom('user_data')])), 'malformed_envelope', 'config'],
    ['no config', encodeEnvelope(map([]), GOLDEN_STAMP), 'malformed_envelope', 'config'],
    ['no map', encodeEnvelope(map([[atom('config'), NIL]]), GOLDEN_STAMP), 'malformed_envelope', 'config'],
  ])('refuses a message with %s', (_, body, reason, field) => {
    expect(refusal(body)).toMatchObject({ reason, field });
  });

  it('puts the output of shell commands together, however it came', () => {
    const of = (os: Term): unknown => decodeReport(reportWith({ os_distribution: os })).fields['os_distribution'];
    expect(of(NIL)).toBe('');
    expect(of(binary('Debian'))).toBe('Debian');
    expect(of(list([binary('Deb')], binary('ian\n')))).toBe('Debian');
    expect(of(list([list([binary('Deb'), charlist('i')]), integer(97), binary('n')]))).toBe('Debian');
  });

  it('takes the cloud fields in both forms', () => {
    const on = {
      ec2_security_group_ids: list([binary('sg-1\nsg-2'), binary('sg-3')]),
      ec2_instance_tags: map([[binary('a'), binary('b')]]),
    };
    expect(decodeReport(reportWith(on)).fields).toMatchObject({
      ec2_security_group_ids: ['sg-1\nsg-2', 'sg-3'],
      ec2_instance_tags: { a: 'b' },
    });
    expect(decodeReport(reportWith({ ec2_security_group_ids: binary('') })).fields['ec2_security_group_ids']).toBe('');
  });

  it('keeps unknown fields apart, as far as JSON goes', () => {
    const report = decodeReport(
      reportWith({
        id: binary('evil'),
        hashpass: atom('true'),
        __proto__x: list([integer(1), binary('two'), map([[binary('k'), atom('null')]])]),
        odd: tuple(integer(1)),
      }),
    );
    expect(report.fields).not.toHaveProperty('id');
    expect(report.extra).toEqual({ id: 'evil', hashpass: true, __proto__x: [1, 'two', { k: null }] });
    expect(refusal(reportWith({ blob: binary('x'.repeat(70_000)) }))).toMatchObject({
      reason: 'too_large',
      field: 'extra',
    });
  });

  it('lets no field reach an object prototype', () => {
    const entries: MapEntry[] = [[binary('__proto__'), map([[binary('polluted'), integer(1)]])]];
    const body = encodeReport('force', reportFields(), GOLDEN_STAMP);
    expect(decodeReport(body).hostkey).toBe('host-key-0001');
    const report = decodeReport(
      reportWith({ tags: map(entries), ec2_instance_tags: map([[binary('__proto__'), binary('x')]]) }),
    );
    expect(Object.keys(report.extra['tags'] as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(report.fields['ec2_instance_tags'])).toBe(Object.prototype);
  });
});
