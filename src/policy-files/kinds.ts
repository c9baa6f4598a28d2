import type { Document, JsonObject, Resource } from '../model/document.js';
import { HASH_FIELDS } from '../model/ruleset-variants.js';

/** The resources that a directory of policy holds, by the folder that holds them, in the order in which they are read. */
export const FOLDERS = {
  zones: 'zone',
  services: 'service',
  profiles: 'profile',
  rulesets: 'ruleset',
  groups: 'group',
  facts: 'fact',
  assertions: 'assertion',
} as const satisfies Readonly<Record<string, Resource>>;

/** A resource that a directory of policy holds. Hosts tell of themselves, links hold passwords, linked servers send externals. */
export type Kind = (typeof FOLDERS)[keyof typeof FOLDERS];

export const KINDS: readonly Kind[] = Object.values(FOLDERS);

/** What is in a directory of policy, or in a store. */
export type PolicyDocuments = Readonly<Record<Kind, readonly Document[]>>;

/** One file of a directory of policy: its path below the directory, with `/`, and what it says. */
export interface PolicyFileDocument {
  readonly path: string;
  readonly document: JsonObject;
}

export function folderOf(kind: Kind): string {
  return `${kind}s`;
}

/** The kind of a folder; undefined: it is none of ours. */
export function kindOfFolder(folder: string): Kind | undefined {
  return Object.hasOwn(FOLDERS, folder) ? FOLDERS[folder as keyof typeof FOLDERS] : undefined;
}

const NONE: ReadonlySet<string> = new Set();
const WRITTEN: Partial<Record<Kind, ReadonlySet<string>>> = {
  group: new Set(['created', ...HASH_FIELDS]),
  profile: new Set(['created']),
};

/** Fields that the server writes itself: files leave them out. */
export function writtenByServer(kind: Kind): ReadonlySet<string> {
  return WRITTEN[kind] ?? NONE;
}

/** Fields that name another document by its id, and what they are called where they name it by its name. */
export const REFERENCES: Partial<
  Record<Kind, { readonly field: string; readonly called: string; readonly kind: Kind }>
> = {
  group: { field: 'profile_id', called: 'profile', kind: 'profile' },
  profile: { field: 'ruleset_id', called: 'ruleset', kind: 'ruleset' },
  ruleset: { field: 'profile_id', called: 'profile', kind: 'profile' },
};
