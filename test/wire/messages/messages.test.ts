import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/document.js';
import { decodeTerm } from '../../../src/wire/decode.js';
import { encodeTerm } from '../../../src/wire/encode.js';
import { decodeConfig, encodeConfig } from '../../../src/wire/messages/config.js';
import { encodeEnvelope, stampAt } from '../../../src/wire/messages/envelope.js';
import { decodeFederation, encodeFederation } from '../../../src/wire/messages/federation.js';
import { decodeRequest, encodeRequest, type FileTransferRequest } from '../../../src/wire/messages/file-transfer.js';
import { encodeIpsets } from '../../../src/wire/messages/ipsets.js';
import { MessageError } from '../../../src/wire/messages/message-error.js';
import { decodeRulesPayload, encodeRulesPayload } from '../../../src/wire/messages/rules-payload.js';
import { encodeRuleset } from '../../../src/wire/messages/ruleset.js';
import {
  atom,
  atomKey,
  binary,
  charlist,
  integer,
  list,
  map,
  propertyOf,
  tuple,
  type Term,
} from '../../../src/wire/term.js';
import { itWithErlang, runErlang } from '../../support/erl.js';
import { GOLDEN_STAMP } from '../../support/golden-stamp.js';
import { goldenTerm } from '../../support/golden-term.js';

const NONE = {
  ruleset4_ipset: false,
  ruleset6_ipset: false,
  ruleset4_iptables: false,
  ruleset6_iptables: false,
} as const;
const HOST = {
  hostkey: '2cf5115b7720132b40bd37cef9021f4782e2f7d1',
  group: 'web',
  location: '*',
  environment: '*',
};

function refusal(call: () => unknown): MessageError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(MessageError);
    return error as MessageError;
  }
  throw new Error('was not refused');
}

describe('envelope', () => {
  it('carries the local wall clock', () => {
    const body = encodeEnvelope(atom('x'), stampAt(new Date(2024, 1, 29, 23, 59, 58)));
    expect(propertyOf(decodeTerm(body), 'local_time')).toEqual(
      tuple(tuple(integer(2024), integer(2), integer(29)), tuple(integer(23), integer(59), integer(58))),
    );
  });
});

describe('config', () => {
  it('is msg_config_minimal to the byte', () => {
    const body = encodeConfig(HOST, GOLDEN_STAMP);
    expect(body.equals(goldenTerm('msg_config_minimal'))).toBe(true);
    expect(decodeConfig(body)).toEqual(HOST);
  });

  it('takes a whole row, and agents read the four fields', () => {
    expect(decodeConfig(goldenTerm('msg_config'))).toEqual(HOST);
    const captured = readFileSync('test/captures/trainer-config.bin');
    expect(decodeConfig(captured)).toMatchObject({ hostkey: 'alpha-hostkey-0001', group: 'web' });
    const row = { ...HOST, hash_fail_count: 0, hashpass: true, gone: null, tags: {}, ids: [], lag: 1.5 };
    const config = atomKey(propertyOf(decodeTerm(encodeConfig(row, GOLDEN_STAMP)), 'user_data') as Term, 'config');
    expect(config).toMatchObject({ kind: 'map' });
    expect((config as Term & { kind: 'map' }).entries).toContainEqual([binary('gone'), atom('null')]);
    expect((config as Term & { kind: 'map' }).entries).toContainEqual([binary('lag'), { kind: 'float', value: 1.5 }]);
  });

  it.each(['hostkey', 'group', 'location', 'environment'])('names %s when it is missing', (field) => {
    const row: Record<string, string> = { ...HOST };
    delete row[field];
    expect(refusal(() => decodeConfig(encodeConfig(row as typeof HOST & JsonObject, GOLDEN_STAMP)))).toMatchObject({
      reason: 'missing_field',
      field,
    });
  });
});

describe('rulesets and sets', () => {
  it('make the golden messages to the byte', () => {
    const golden = decodeRulesPayload(goldenTerm('msg_iptables'));
    expect(golden.ipsets).toBe('');
    expect(golden.ruleset4_iptables).toBe('');
    expect(golden.ruleset4_ipset).toMatch(/^\*filter\n/);
    expect(encodeRuleset(golden, GOLDEN_STAMP).equals(goldenTerm('msg_iptables'))).toBe(true);
    expect(encodeRuleset(NONE, GOLDEN_STAMP).equals(goldenTerm('msg_iptables_none'))).toBe(true);
    const { ipsets } = decodeRulesPayload(goldenTerm('msg_ipsets'));
    expect(encodeIpsets(ipsets, GOLDEN_STAMP).equals(goldenTerm('msg_ipsets'))).toBe(true);
  });

  it('read the captured ones', () => {
    const rules = decodeRulesPayload(readFileSync('test/captures/trainer-iptables.bin'));
    expect(rules.ruleset4_ipset).toMatch(/^\*filter\n[\s\S]*COMMIT\n?$/);
    const sets = decodeRulesPayload(readFileSync('test/captures/trainer-ipsets.bin'));
    expect(sets).toMatchObject(NONE);
    expect(sets.ipsets).toContain('add web_gv4n 10.77.0.13/32\n');
  });

  it('write one element a UTF-8 byte, never one over 255', () => {
    const body = encodeRulesPayload({ ...NONE, ruleset4_ipset: '# é 中', ipsets: '' }, GOLDEN_STAMP);
    const userData = propertyOf(decodeTerm(body), 'user_data') as Term;
    expect(atomKey(userData, 'ruleset4_ipset')).toEqual(charlist(Buffer.from('# é 中', 'utf8')));
    expect(decodeRulesPayload(body).ruleset4_ipset).toBe('# é 中');
  });

  it('take any iodata, and refuse what crashes agents', () => {
    const payload = (ipsets: Term | undefined): Buffer =>
      encodeEnvelope(
        map([
          ...(ipsets === undefined ? [] : [[atom('ipsets'), ipsets] as const]),
          ...Object.keys(NONE).map(
            (key) => [atom(key), list([binary('*f'), list([integer(105)]), charlist('lter')])] as const,
          ),
        ]),
        GOLDEN_STAMP,
      );
    expect(decodeRulesPayload(payload(binary(''))).ruleset6_iptables).toBe('*filter');
    expect(refusal(() => decodeRulesPayload(payload(undefined)))).toMatchObject({
      reason: 'missing_field',
      field: 'ipsets',
    });
    expect(refusal(() => decodeRulesPayload(payload(atom('false'))))).toMatchObject({
      reason: 'wrong_type',
      field: 'ipsets',
    });
  });

  it('refuse to send empty sets, which would say nothing', () => {
    expect(() => encodeIpsets('', GOLDEN_STAMP)).toThrow(RangeError);
  });

  itWithErlang('of a megabyte are charlists to Erlang', async () => {
    const text = 'add web_gv4n 10.0.0.1/32\n'.repeat(40_000);
    const printed = await runErlang(
      `{ok, B} = file:read_file(hd(Files)), U = proplists:get_value(user_data, binary_to_term(B)), ` +
        `#{ipsets := S, ruleset4_ipset := false} = U, io:format("~p ~p", [length(S), erlang:phash2(iolist_to_binary(S)) =:= ` +
        `erlang:phash2(binary:copy(<<"add web_gv4n 10.0.0.1/32\\n">>, 40000))])`,
      [encodeIpsets(text, GOLDEN_STAMP)],
    );
    expect(printed).toBe(`${text.length} true`);
  });
});

describe('file transfer requests', () => {
  const requests: Readonly<Record<string, FileTransferRequest>> = {
    msg_execute_command: { command: 'execute_command', commandLine: 'uptime -p', useShell: false },
    msg_fetch_file: { command: 'fetch_file', fileName: '/etc/hosts' },
    msg_delete_file: { command: 'delete_file', fileName: '/tmp/x' },
    msg_send_file: {
      command: 'send_file',
      fileName: '/tmp/x',
      totalBlocks: 1,
      currentBlock: 1,
      maxBlockSizeBytes: 134_217_728,
      block: Buffer.from('hello\n'),
    },
  };

  it.each(Object.entries(requests))('%s comes out to the byte, and back', (name, request) => {
    const body = encodeRequest(request, 'ops', GOLDEN_STAMP);
    expect(body.equals(goldenTerm(name))).toBe(true);
    expect(decodeRequest(body)).toEqual({ request, apiUser: 'ops' });
  });

  it('reads the captured command', () => {
    expect(decodeRequest(readFileSync('test/captures/trainer-file_transfer.bin'))).toEqual({
      request: { command: 'execute_command', commandLine: 'echo hello; echo err >&2; exit 3', useShell: true },
      apiUser: 'tester',
    });
  });

  it('always says who asked, `undefined` when nobody knows; a user comes last', () => {
    const request: FileTransferRequest = { command: 'execute_command', commandLine: 'id', useShell: true, user: 'dog' };
    const body = encodeRequest(request, undefined, GOLDEN_STAMP);
    expect(propertyOf(decodeTerm(body), 'api_user')).toEqual(atom('undefined'));
    expect(propertyOf(decodeTerm(body), 'user')).toEqual(charlist('dog'));
    expect(decodeRequest(body)).toEqual({ request, apiUser: null });
    const bare = encodeTerm(list([tuple(atom('command'), atom('fetch_file')), tuple(atom('file_name'), binary('/x'))]));
    expect(decodeRequest(bare)).not.toHaveProperty('apiUser');
  });

  it('refuses what agents do not know', () => {
    const of = (...pairs: (readonly [string, Term])[]): Buffer =>
      encodeTerm(list(pairs.map(([name, value]) => tuple(atom(name), value))));
    expect(refusal(() => decodeRequest(of(['command', atom('reboot')]))).reason).toBe('bad_value');
    expect(refusal(() => decodeRequest(of(['x', atom('y')]))).reason).toBe('missing_field');
    expect(refusal(() => decodeRequest(of(['command', atom('fetch_file')]))).field).toBe('file_name');
    expect(refusal(() => decodeRequest(Buffer.from('x'))).reason).toBe('malformed_term');
  });
});

describe('federation', () => {
  it('is msg_inbound to the byte', () => {
    const sets = decodeFederation(goldenTerm('msg_inbound'));
    expect(sets).toEqual({
      name: 'q1',
      v4: { groups: { web: ['10.1.1.51/32'], self: [] }, zones: { office: ['192.0.2.0/24'] } },
      v6: { groups: { web: [] }, zones: {} },
      ec2: { web: [{ region: 'us-east-1', sgid: 'sg-111' }], self: [] },
    });
    expect(encodeFederation(sets, GOLDEN_STAMP).equals(goldenTerm('msg_inbound'))).toBe(true);
  });

  const wrap = (ipsets: Term): Buffer => encodeEnvelope(map([[atom('ipsets'), ipsets]]), GOLDEN_STAMP);
  const family = { groups: {}, zones: {} };

  it.each<[string, unknown, string]>([
    ['a list', [], 'ipsets'],
    ['no name', { v4: family, v6: family }, 'name'],
    ['no v6', { name: 'q1', v4: family }, 'v6'],
    ['no zones', { name: 'q1', v4: { groups: {} }, v6: family }, 'v4.zones'],
    ['numbers for addresses', { name: 'q1', v4: { groups: { web: [1] }, zones: {} }, v6: family }, 'v4.groups.web'],
    ['ec2 of texts', { name: 'q1', v4: family, v6: family, ec2: { web: ['x'] } }, 'ec2.web[0]'],
  ])('refuses %s, and says which member', (_, json, field) => {
    expect(refusal(() => decodeFederation(wrap(binary(JSON.stringify(json)))))).toMatchObject({
      reason: 'wrong_type',
      field,
    });
  });

  it('refuses what is no JSON text', () => {
    expect(refusal(() => decodeFederation(wrap(binary('{')))).reason).toBe('wrong_type');
    expect(refusal(() => decodeFederation(wrap(charlist('{}')))).reason).toBe('malformed_envelope');
    expect(refusal(() => decodeFederation(wrap(binary(Buffer.of(0xff))))).reason).toBe('malformed_envelope');
  });
});
