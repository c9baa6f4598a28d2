import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { composeLetter } from '../../src/alerts/mail/compose-letter.js';
import { digestNotice, singleNotice } from '../../src/alerts/notice.js';

function alarm(kind: 'alarm_set' | 'alarm_cleared'): Alert {
  return {
    kind,
    host: {},
    group: undefined,
    ipsetHash: undefined,
    differing: [],
    detail: 'the broker refuses\r\nwhat goes to ipsets',
    alarm: 'broker.refused:ipsets',
  };
}
const seconds = { keepalive_alert_seconds: 1, retirement_alert_seconds: 1, hashcheck_alert_seconds: 1 };

describe('mail about an alarm', () => {
  it('names the alarm and says what is wrong, on one line', () => {
    expect(composeLetter(singleNotice(alarm('alarm_set')), seconds)).toMatchObject({
      subject: 'Dog Alarm: broker.refused:ipsets',
      text: 'the broker refuses what goes to ipsets\nAlarm: broker.refused:ipsets\n',
    });
    expect(composeLetter(singleNotice(alarm('alarm_cleared')), seconds)).toMatchObject({
      subject: 'Dog Alarm Cleared: broker.refused:ipsets',
      text: 'Over: the broker refuses what goes to ipsets\nAlarm: broker.refused:ipsets\n',
    });
  });

  it('is named in a digest', () => {
    const { subject, text } = composeLetter(
      digestNotice({ alerts: [alarm('alarm_set')], unnamed: new Map() }, 60),
      seconds,
    );
    expect(subject).toBe('Dog Alerts: 1 in 60 seconds (1 alarm set)');
    expect(text).toBe('alarm set: broker.refused:ipsets, the broker refuses what goes to ipsets\n');
  });
});
