import type { Json } from '../../model/document.js';
import type { Alert } from '../alert.js';
import { alertFacts } from '../alert-facts.js';
import { alertLine } from '../alert-words.js';
import type { Notice } from '../notice.js';

/** A digest names so many alerts; the others are only counted. */
const MAX_DIGEST_ALERTS = 500;

/**
 * The body of a notice as JSON (docs/alerts.md#the-web-hook). All strings are of one line each, bounded, and without
 * control characters; a whole one is under 2 MB.
 * @param env the name of the environment that sends it
 * @param at epoch milliseconds, of the first try
 */
export function composePayload(notice: Notice, env: string, at: number): Buffer {
  const common = { env, headline: notice.headline, counts: Object.fromEntries(notice.carries) };
  const total = [...notice.carries.values()].reduce((sum, count) => sum + count, 0);
  const body: Json =
    notice.type === 'single'
      ? { type: `alert.${notice.alert.kind}`, timestamp: iso(at), data: { ...common, alert: alertJson(notice.alert) } }
      : {
          type: 'digest',
          timestamp: iso(at),
          data: {
            ...common,
            seconds: notice.seconds,
            alerts: notice.alerts.slice(0, MAX_DIGEST_ALERTS).map(alertJson),
            more: total - Math.min(notice.alerts.length, MAX_DIGEST_ALERTS),
          },
        };
  return Buffer.from(JSON.stringify(body));
}

/** What an alert has of host, group, alarm and detail; what it has not is absent. */
function alertJson(alert: Alert): { readonly [name: string]: Json } {
  const { kind, ...facts } = alertFacts(alert);
  const given = Object.entries(facts).filter(([, text]) => text !== '');
  const differing = alert.differing.length === 0 ? {} : { differing: [...alert.differing] };
  return { kind, ...Object.fromEntries(given), ...differing, text: alertLine(alert) };
}

function iso(ms: number) {
  return new Date(ms).toISOString();
}
