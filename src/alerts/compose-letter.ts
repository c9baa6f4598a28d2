import { escapeHidden } from '../model/hidden-characters.js';
import type { JsonObject } from '../model/document.js';
import { HASH_FIELDS } from '../model/ruleset-variants.js';
import type { Alert, AlertConfig, AlertKind, Letter } from './alert.js';
import { ALERT_KINDS } from './alert.js';

/** A digest names so many hosts; the others are only counted. */
const MAX_DIGEST_LINES = 2000;
/** Longer names are cut in subjects. */
const MAX_NAME = 120;
const MAX_DETAIL = 1000;

/** Writes the mail of one alert: subjects and fields as docs/host-lifecycle.md#mails has them. */
export function composeLetter(
  alert: Alert,
  config: Pick<AlertConfig, 'keepalive_alert_seconds' | 'retirement_alert_seconds' | 'hashcheck_alert_seconds'>,
): Letter {
  const name = oneLine(field(alert.host, 'name'));
  const quoted = quote(name);
  const hostkey = `HostKey: ${oneLine(field(alert.host, 'hostkey'))}`;
  const carries = new Map([[alert.kind, 1]]);
  const mail = (subject: string, lines: readonly string[]): Letter => ({
    subject,
    text: `${lines.join('\n')}\n`,
    carries,
  });
  switch (alert.kind) {
    case 'retirement':
      return mail(`Dog Agent Retired: ${quoted}`, [
        `No report for ${config.retirement_alert_seconds} seconds: retired.`,
        `HostName: ${quoted}`,
        hostkey,
      ]);
    case 'keepalive_fail':
      return mail(`Dog Agents Disconnected: ${quoted}`, [
        `No report for ${config.keepalive_alert_seconds} seconds: disconnected.`,
        `HostName: ${quoted}`,
        hostkey,
      ]);
    case 'keepalive_recover':
      return mail(`Dog Agents Reconnected: ${quoted}`, [
        `A report came after more than ${config.keepalive_alert_seconds} seconds: reconnected.`,
        `HostName: ${name}`,
        hostkey,
      ]);
    case 'hash_fail':
      return mail(`Dog Locally Modified On: ${name}`, hashLines(alert, name, hostkey, config.hashcheck_alert_seconds));
    case 'hash_recover':
      return mail(`Dog Back In Control On: ${name}`, hashLines(alert, name, hostkey, config.hashcheck_alert_seconds));
    case 'compile_fail': {
      const group = quote(oneLine(field(alert.group ?? {}, 'name')));
      return mail(`Dog Cannot Compile: ${group}`, [
        `The rules of this group cannot be compiled; its hosts keep the last good ones until the policy is mended.`,
        `GroupName: ${group}`,
        `Reason: ${oneLine(alert.detail ?? '', MAX_DETAIL)}`,
      ]);
    }
    case 'alarm_set':
    case 'alarm_cleared': {
      const id = oneLine(alert.alarm ?? '');
      const cleared = alert.kind === 'alarm_cleared';
      return mail(`Dog Alarm${cleared ? ' Cleared' : ''}: ${id}`, [
        `${cleared ? 'Over: ' : ''}${oneLine(alert.detail ?? '', MAX_DETAIL)}`,
        `Alarm: ${id}`,
      ]);
    }
  }
}

/** Writes one mail for many alerts. `unnamed`: further ones whose hosts are not known any more, by kind. */
export function composeDigest(
  alerts: readonly Alert[],
  unnamed: ReadonlyMap<AlertKind, number>,
  windowSeconds: number,
): Letter {
  const carries = new Map(unnamed);
  for (const { kind } of alerts) carries.set(kind, (carries.get(kind) ?? 0) + 1);
  const total = [...carries.values()].reduce((sum, count) => sum + count, 0);
  const counts = ALERT_KINDS.flatMap((kind) => {
    const count = carries.get(kind);
    return count === undefined ? [] : [`${count} ${KIND_WORDS[kind]}`];
  });
  const lines = alerts.slice(0, MAX_DIGEST_LINES).map(({ kind, host, group: about, detail, alarm }) => {
    if (alarm !== undefined) return `${KIND_WORDS[kind]}: ${oneLine(alarm)}, ${oneLine(detail ?? '', MAX_DETAIL)}`;
    if (kind === 'compile_fail')
      return `${KIND_WORDS[kind]}: group ${quote(oneLine(field(about ?? {}, 'name')))}, ${oneLine(detail ?? '', MAX_DETAIL)}`;
    const group = oneLine(field(host, 'group'));
    return `${KIND_WORDS[kind]}: ${quote(oneLine(field(host, 'name')))}, group ${group}, hostkey ${oneLine(field(host, 'hostkey'))}`;
  });
  const more = total - lines.length;
  return {
    subject: `Dog Alerts: ${total} in ${windowSeconds} seconds (${counts.join(', ')})`,
    text: [...lines, ...(more > 0 ? [`and ${more} more`] : []), ''].join('\n'),
    carries,
  };
}

const KIND_WORDS: Readonly<Record<AlertKind, string>> = {
  retirement: 'retired',
  keepalive_fail: 'disconnected',
  keepalive_recover: 'reconnected',
  hash_fail: 'locally modified',
  hash_recover: 'back in control',
  compile_fail: 'cannot compile',
  alarm_set: 'alarm set',
  alarm_cleared: 'alarm cleared',
};

function hashLines(
  { host, group, ipsetHash, differing }: Alert,
  name: string,
  hostkey: string,
  toleranceSeconds: number,
): readonly string[] {
  const matchedLately = (stamp: string): boolean =>
    Number(host['keepalive_timestamp'] ?? 0) - Number(host[stamp] || -Infinity) <= toleranceSeconds;
  const status = {
    ...Object.fromEntries(HASH_FIELDS.map((hash) => [hash, !differing.includes(hash)])),
    ipset_hash_age_check: matchedLately('ipset_hash_timestamp'),
    iptables_hash_age_check: matchedLately('iptables_hash_timestamp'),
  };
  return [
    `HostName: ${name}`,
    hostkey,
    `Host: ${escapeHidden(JSON.stringify(host))}`,
    `Group: ${group === undefined ? 'none' : escapeHidden(JSON.stringify(group))}`,
    `IpsetHashes: ${ipsetHash ?? 'none'}`,
    `HashStatus: ${escapeHidden(JSON.stringify({ name: host['name'] ?? '', id: host['id'] ?? '', ...status }))}`,
  ];
}

function field(row: JsonObject, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}

/** Control, format and line-breaking characters become blanks: a name is never more than a part of its line. */
export function oneLine(text: string, longest = MAX_NAME): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clean.length > longest ? `${clean.slice(0, longest)}...` : clean;
}

function quote(text: string) {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
