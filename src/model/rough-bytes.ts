import type { Json } from './document.js';

/** Rough size of a value in memory, in bytes: characters of strings and names, and 16 per value. */
export function roughBytes(value: Json | undefined): number {
  if (typeof value === 'string') return value.length + 16;
  if (typeof value !== 'object' || value === null) return 16;
  let sum = 16;
  for (const [name, member] of Object.entries(value))
    sum += (Array.isArray(value) ? 0 : name.length) + roughBytes(member);
  return sum;
}
