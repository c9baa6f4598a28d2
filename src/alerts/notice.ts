import type { Alert, AlertKind } from './alert.js';
import { alertHeadline, digestHeadline } from './alert-words.js';
import type { Gathered } from './digest-window.js';

interface NoticeBase {
  /** What happened, in one line without control characters. */
  readonly headline: string;
  /** How many alerts of each kind it carries. */
  readonly carries: ReadonlyMap<AlertKind, number>;
}

/** One alert by itself. */
export interface SingleNotice extends NoticeBase {
  readonly type: 'single';
  readonly alert: Alert;
}

/** Many alerts, gathered in a window of `seconds`. */
export interface DigestNotice extends NoticeBase, Gathered {
  readonly type: 'digest';
  readonly seconds: number;
}

/** What a channel delivers at once. Every try of it is the same object. */
export type Notice = SingleNotice | DigestNotice;

export function singleNotice(alert: Alert): SingleNotice {
  return { type: 'single', alert, headline: alertHeadline(alert), carries: new Map([[alert.kind, 1]]) };
}

export function digestNotice({ alerts, unnamed }: Gathered, seconds: number): DigestNotice {
  const carries = new Map(unnamed);
  for (const { kind } of alerts) carries.set(kind, (carries.get(kind) ?? 0) + 1);
  return { type: 'digest', alerts, unnamed, seconds, headline: digestHeadline(carries, seconds), carries };
}
