import type { JsonObject } from '../../model/document.js';
import { REDACTED } from '../../model/redacted.js';
import { isObject } from '../../model/validate.js';
import type { DraftEntry } from './draft-entry.js';

/** Passwords that were typed in, by the id of the link. They are never kept anywhere but here, and gone with the page. */
const typed = new Map<string, string>();

export function typePassword(link: string, password: string): void {
  if (password === '') typed.delete(link);
  else typed.set(link, password);
}

export function hasPassword(link: string): boolean {
  return typed.has(link);
}

export function forgetPasswords(): void {
  typed.clear();
}

/** The link with the mark that keeps the stored password (docs/http-api.md#who-asks) in place of it. */
export function withoutPassword(link: JsonObject): JsonObject {
  const { connection } = link;
  if (!isObject(connection) || connection['password'] === undefined) return link;
  return { ...link, connection: { ...connection, password: REDACTED } };
}

/** Stands in the draft for a password that was typed. */
export const PASSWORD_TYPED = `${REDACTED} typed`;

/** Whether a link of the draft needs a password that is not there: it is new, or the page was loaded again since it was typed. */
export function lacksPassword({ resource, id, base, wanted }: DraftEntry): boolean {
  if (resource !== 'link' || wanted === null || typed.has(id)) return false;
  const { connection } = wanted;
  return base === null || (isObject(connection) && connection['password'] === PASSWORD_TYPED);
}

/** The link as it is sent: with the password that was typed, else with the mark that keeps the stored one. */
export function withPassword(id: string, link: JsonObject): JsonObject {
  const { connection } = link;
  if (!isObject(connection)) return link;
  return { ...link, connection: { ...connection, password: typed.get(id) ?? REDACTED } };
}
