import { escapeHidden } from '../../model/hidden-characters.js';
import type { Alert } from '../alert.js';
import { alertFacts } from '../alert-facts.js';
import { alertLine, quoted } from '../alert-words.js';
import type { DigestNotice, Notice } from '../notice.js';
import type { MailConfig } from './mail-config.js';

/** A digest names so many hosts; the others are only counted. */
const MAX_DIGEST_LINES = 2000;
const HASH_FIELDS = ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables', 'ipset_hash'];

/** A mail before it is addressed. Subject and lines are clean: no control characters, so nothing can forge a header. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

type Times = Pick<MailConfig, 'keepalive_alert_seconds' | 'retirement_alert_seconds' | 'hashcheck_alert_seconds'>;

/** Writes the mail of a notice: subjects and fields as docs/host-lifecycle.md#mails has them. */
export function composeLetter(notice: Notice, times: Times): Letter {
  const lines = notice.type === 'digest' ? digestLines(notice) : alertLines(notice.alert, times);
  return { subject: notice.headline, text: `${lines.join('\n')}\n` };
}

function alertLines(alert: Alert, times: Times): readonly string[] {
  const facts = alertFacts(alert);
  const { host, group, alarm, detail } = facts;
  const hostkey = `HostKey: ${facts.hostkey}`;
  switch (alert.kind) {
    case 'retirement':
      return [
        `No report for ${times.retirement_alert_seconds} seconds: retired.`,
        `HostName: ${quoted(host)}`,
        hostkey,
      ];
    case 'keepalive_fail':
      return [
        `No report for ${times.keepalive_alert_seconds} seconds: disconnected.`,
        `HostName: ${quoted(host)}`,
        hostkey,
      ];
    case 'keepalive_recover':
      return [
        `A report came after more than ${times.keepalive_alert_seconds} seconds: reconnected.`,
        `HostName: ${host}`,
        hostkey,
      ];
    case 'hash_fail':
    case 'hash_recover':
      return [`HostName: ${host}`, hostkey, ...hashLines(alert, times.hashcheck_alert_seconds)];
    case 'compile_fail':
      return [
        `The rules of this group cannot be compiled; its hosts keep the last good ones until the policy is mended.`,
        `GroupName: ${quoted(group)}`,
        `Reason: ${detail}`,
      ];
    case 'alarm_set':
      return [detail, `Alarm: ${alarm}`];
    case 'alarm_cleared':
      return [`Over: ${detail}`, `Alarm: ${alarm}`];
  }
}

function hashLines({ host, group, ipsetHash, differing }: Alert, toleranceSeconds: number): readonly string[] {
  const matchedLately = (stamp: string): boolean =>
    Number(host['keepalive_timestamp'] ?? 0) - Number(host[stamp] || -Infinity) <= toleranceSeconds;
  const status = {
    ...Object.fromEntries(HASH_FIELDS.map((hash) => [hash, !differing.includes(hash)])),
    ipset_hash_age_check: matchedLately('ipset_hash_timestamp'),
    iptables_hash_age_check: matchedLately('iptables_hash_timestamp'),
  };
  return [
    `Host: ${escapeHidden(JSON.stringify(host))}`,
    `Group: ${group === undefined ? 'none' : escapeHidden(JSON.stringify(group))}`,
    `IpsetHashes: ${ipsetHash ?? 'none'}`,
    `HashStatus: ${escapeHidden(JSON.stringify({ name: host['name'] ?? '', id: host['id'] ?? '', ...status }))}`,
  ];
}

function digestLines({ alerts, carries }: DigestNotice): readonly string[] {
  const total = [...carries.values()].reduce((sum, count) => sum + count, 0);
  const lines = alerts.slice(0, MAX_DIGEST_LINES).map(alertLine);
  const more = total - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
