import type { Json, JsonObject } from './document.js';

/** Rough size of a value in memory, in bytes: characters of strings and names, and 16 per value. */
export function roughBytes(value: Json | undefined): number {
  if (typeof value === 'string') return value.length + 16;
  if (typeof value !== 'object' || value === null) return 16;
  let sum = 16;
  if (Array.isArray(value)) for (const member of value as readonly Json[]) sum += roughBytes(member);
  else for (const name of Object.keys(value)) sum += name.length + roughBytes((value as JsonObject)[name]);
  return sum;
}
