import type { JsonObject } from '../../model/document.js';
import { REDACTED } from '../../model/redacted.js';
import { isObject } from '../../model/validate.js';

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

/** The link with the password that was typed, if one was. */
export function withPassword(id: string, link: JsonObject): JsonObject {
  const { connection } = link;
  const password = typed.get(id);
  if (!isObject(connection) || password === undefined) return link;
  return { ...link, connection: { ...connection, password } };
}
