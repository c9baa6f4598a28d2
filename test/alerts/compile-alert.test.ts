import { expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { composeLetter } from '../../src/alerts/mail/compose-letter.js';
import { digestNotice, singleNotice } from '../../src/alerts/notice.js';

const alert: Alert = {
  kind: 'compile_fail',
  host: {},
  group: { name: 'web\r\nBcc: x@example.net' },
  ipsetHash: undefined,
  differing: [],
  detail: 'rules.inbound[0].service "x": no service has this id\nSubject: no',
};

const times = { keepalive_alert_seconds: 1, hashcheck_alert_seconds: 1, retirement_alert_seconds: 2 };

it('names the group and the reason, each within its line', () => {
  const { subject, text } = composeLetter(singleNotice(alert), times);
  expect(subject).toBe('Dog Cannot Compile: "web Bcc: x@example.net"');
  expect(text.split('\n').slice(1, 3)).toEqual([
    'GroupName: "web Bcc: x@example.net"',
    'Reason: rules.inbound[0].service "x": no service has this id Subject: no',
  ]);
});

it('has its line in a digest', () => {
  const { subject, text } = composeLetter(digestNotice({ alerts: [alert], unnamed: new Map() }, 60), times);
  expect(subject).toBe('Dog Alerts: 1 in 60 seconds (1 cannot compile)');
  expect(text).toContain('cannot compile: group "web Bcc: x@example.net", rules.inbound[0].service');
});
