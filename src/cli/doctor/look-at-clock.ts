import type { Config } from '../../config/schema.js';
import { tlsOf } from '../../broker/amqp/endpoint.js';
import { brokerUrls } from '../../config/broker-urls.js';
import { sslOptions } from '../../server/opening/create-broker.js';
import { readFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { datesOf } from './dates-of-certificate.js';
import { day } from './day.js';
import { ok, warning, wrong, type Finding } from './finding.js';

/** Before this program was written: epoch milliseconds. */
const TOO_EARLY = Date.UTC(2025, 0, 1);
const RENEW = 'renew it; the server reads it when it next connects, at the latest after a restart';
const MOST_SKEW_S = 5;

/** Until when the certificates of the configuration hold. */
export async function lookAtCertificates(config: Config, now: number): Promise<readonly Finding[]> {
  if (config.broker.kind !== 'amqp' || !tlsOf(brokerUrls(config))) return [];
  const files = sslOptions(config);
  const findings: Finding[] = [];
  for (const key of ['cacertfile', 'certfile'] as const) {
    const file = files[key];
    if (file === undefined) continue;
    const what = `broker.ssl_options.${key}`;
    try {
      findings.push(datesOf(what, file, new X509Certificate(await readFile(file)), { now, renew: RENEW }));
    } catch (error) {
      findings.push(wrong(what, `${file}: ${(error as Error).message}`, 'give a readable file in PEM form'));
    }
  }
  return findings;
}

/** This machine's clock against that of the server, by the `date` of an answer; `askedAt` and `now`: milliseconds. */
export function lookAtClock(date: string | null, askedAt: number, now: number): Finding {
  const set = 'let chrony or systemd-timesyncd set the clocks of both machines';
  if (now < TOO_EARLY) return wrong('clock', `this machine believes it is ${day(now)}`, set);
  const theirs = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return ok('clock', new Date(now).toISOString());
  // `date` has whole seconds, and was written somewhere between question and answer.
  const skew = Math.max(0, theirs - now, askedAt - (theirs + 1000)) / 1000;
  return skew > MOST_SKEW_S
    ? warning('clock', `the server's clock differs by ${Math.round(skew)} s from this machine's`, set)
    : ok('clock', new Date(now).toISOString());
}
