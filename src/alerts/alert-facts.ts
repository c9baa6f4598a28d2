import type { JsonObject } from '../model/document.js';
import type { Alert, AlertKind } from './alert.js';

/** Longer names are cut. */
const MAX_NAME = 120;
const MAX_DETAIL = 1000;

/**
 * What an alert is about, as short texts of one line each without control characters, whatever names hold: safe in a
 * header, a line or a field. Texts that the alert does not have are empty.
 */
export interface AlertFacts {
  readonly kind: AlertKind;
  /** The host's name. */
  readonly host: string;
  readonly hostkey: string;
  /** The name of the group that it is about, or of the host's group. */
  readonly group: string;
  /** The id of the alarm. */
  readonly alarm: string;
  readonly detail: string;
}

export function alertFacts({ kind, host, group, detail, alarm }: Alert): AlertFacts {
  return {
    kind,
    host: oneLine(textOf(host, 'name'), MAX_NAME),
    hostkey: oneLine(textOf(host, 'hostkey'), MAX_NAME),
    group: oneLine(kind === 'compile_fail' ? textOf(group ?? {}, 'name') : textOf(host, 'group'), MAX_NAME),
    alarm: oneLine(alarm ?? '', MAX_NAME),
    detail: oneLine(detail ?? '', MAX_DETAIL),
  };
}

function textOf(row: JsonObject, name: string): string {
  const value = row[name];
  return typeof value === 'string' ? value : '';
}

/** Control, format and line-breaking characters become blanks: a name is never more than a part of its line. */
function oneLine(text: string, longest: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clean.length > longest ? `${clean.slice(0, longest)}...` : clean;
}
