import type { Document } from './document.js';

/** Groups that exist without a document (docs/http-api.md#built-in-documents). The first four names count as taken. */
export const BUILTIN_GROUPS = ['all-active', 'self', 'internal-active', 'external-active'] as const;
export type BuiltinGroup = (typeof BUILTIN_GROUPS)[number];

/** Whether the id or name is a built-in group's; `any` is none: it is only readable by id. */
export function isBuiltinGroup(name: unknown): name is BuiltinGroup {
  return (BUILTIN_GROUPS as readonly unknown[]).includes(name);
}

/** The service `any`, which every rule may name and no list holds. */
export const SERVICE_ANY: Document = {
  id: 'any',
  name: 'any',
  services: [{ protocol: 'any', ports: ['0:65535'] }],
};
