import type { Document } from '../../model/document.js';

/** The names of documents in Terraform, by id; names that several documents share are left out. */
export interface HclNames {
  readonly groups: ReadonlyMap<string, string>;
  readonly profiles: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
  readonly zones: ReadonlyMap<string, string>;
}

/**
 * The name as Terraform takes it for a resource: `. ( ) / blank :` become `_`, and so does anything else that Terraform
 * refuses.
 */
export function terraformName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}_-]/gu, '_');
  return /^[\p{L}_]/u.test(safe) ? safe : `_${safe}`;
}

/** Terraform's names of the documents by id. A name that two of them would share is used for neither. */
export function terraformNames(documents: readonly Document[]): ReadonlyMap<string, string> {
  const users = new Map<string, string[]>();
  for (const { id, name } of documents) {
    if (typeof name !== 'string') continue;
    const key = terraformName(name);
    users.set(key, [...(users.get(key) ?? []), id]);
  }
  return new Map([...users].flatMap(([name, ids]) => (ids.length === 1 ? [[ids[0] as string, name] as const] : [])));
}
