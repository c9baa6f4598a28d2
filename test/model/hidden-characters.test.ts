import { expect, it } from 'vitest';
import { composeLetter } from '../../src/alerts/mail/compose-letter.js';
import { singleNotice } from '../../src/alerts/notice.js';
import { printTree } from '../../src/cli/print-tree.js';
import type { HostReport } from '../../src/host/host-report.js';
import { refuseReport } from '../../src/host/validate-report.js';
import { escapeLine } from '../../src/log/escape-line.js';
import { escapeHidden, hiddenCharacter, hiddenInLines } from '../../src/model/hidden-characters.js';
import { stampAt } from '../../src/wire/messages/envelope.js';
import { decodeReport, encodeReport } from '../../src/wire/messages/report.js';
import { actorView } from '../support/actor-view.js';
import { reportFields } from '../support/report-fields.js';

const HIDDEN = ['\u0000', '\u001b', '\u007f', '\u009b', '\u200b', '\u200f', '\u061c', '\u202a', '\u202e', '\u2066', '\u2069', '\u2028', '\u2029', '\ufeff', '\u{e0041}']; // prettier-ignore
const HARMLESS = ['../../x', '";drop', '=cmd|', "it's", 'größe', '日本', '🐕', '<b>', '$(id)', '`id`', 'a b'];

it('characters that cannot be seen or that turn text are found and escaped; others are left alone', () => {
  for (const character of HIDDEN) {
    expect(hiddenCharacter(`a${character}b`)).toMatch(/^U\+[0-9A-F]{4,6}$/);
    expect(hiddenCharacter(escapeHidden(`a${character}b`))).toBeUndefined();
  }
  for (const text of HARMLESS) {
    expect(hiddenCharacter(text)).toBeUndefined();
    expect(escapeHidden(text)).toBe(text);
  }
  expect(hiddenInLines('sg-1\nsg-2\tx')).toBeUndefined();
  expect(escapeHidden('web\u202egpj.exe')).toBe('web\\u{202E}gpj.exe');
});

it.each(HIDDEN)('a report with %j in any of its texts is refused', (character) => {
  const bad = `x${character}y`;
  const over = [
    { name: bad },
    { hostkey: bad },
    { group: bad },
    { environment: bad },
    { location: bad },
    { version: bad },
    { provider: bad },
    { os_distribution: bad },
    { os_version: bad },
    { ec2_region: bad },
    { ec2_instance_tags: { [bad]: 'x' } },
    { ec2_instance_tags: { Name: bad } },
    { docker_container_ids: ['1', bad] },
    { anything: { deep: [bad] } },
    { [bad]: 1 },
  ];
  for (const change of over)
    expect(
      () => decodeReport(encodeReport('force', reportFields(change), stampAt(new Date()))),
      JSON.stringify(change),
    ).toThrow(/control character U\+/);
  const report = {
    hostkey: 'host',
    name: 'n',
    group: 'g',
    environment: '*',
    location: '*',
    fields: {},
  } as unknown as HostReport;
  const interfaces = JSON.stringify({ [bad]: ['10.0.0.1'] });
  expect(refuseReport({ ...report, fields: { interfaces } })?.reason).toMatch(/U\+/);
});

it('names as people may have them pass', () => {
  for (const name of HARMLESS)
    expect(decodeReport(encodeReport('force', reportFields({ name }), stampAt(new Date()))).name).toBe(name);
});

it('what is stored already is escaped in mails, log lines and the tree', () => {
  const bad = 'web\u202egpj\u009b2J';
  const host = { name: bad, hostkey: 'h', group: 'g' };
  const letter = composeLetter(singleNotice({ kind: 'hash_fail', host, differing: [], at: 0 } as never), {
    keepalive_alert_seconds: 1,
    retirement_alert_seconds: 1,
    hashcheck_alert_seconds: 1,
  });
  expect(hiddenInLines(letter.subject + letter.text)).toBeUndefined();
  const line = escapeLine(JSON.stringify({ name: bad, tag: '\u{e0041}' }));
  expect(hiddenInLines(line)).toBeUndefined();
  expect(JSON.parse(line)).toEqual({ name: bad, tag: '\u{e0041}' });
  expect(hiddenInLines(printTree(actorView('x', { id: bad, last_crash: { at: 0, reason: bad } })))).toBeUndefined();
});
