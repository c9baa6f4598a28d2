import type { PolicyTable, Resource } from '../model/document.js';
import { assertion } from './assertion.js';
import { external } from './external.js';
import { fact } from './fact.js';
import { group } from './group.js';
import { host } from './host.js';
import { ipset } from './ipset.js';
import { link } from './link.js';
import { profile } from './profile.js';
import type { ResourceDeclaration, TableDeclaration } from './resource.js';
import { ruleset } from './ruleset.js';
import { service } from './service.js';
import { zone } from './zone.js';

/** The resources, in the order in which the API lists them. */
const declarations = {
  assertion,
  external,
  fact,
  group,
  host,
  link,
  profile,
  ruleset,
  service,
  zone,
} as const satisfies Readonly<Record<Resource, ResourceDeclaration>>;

/** The tables: the resources, and those that the API does not offer. */
export const TABLES = { ...declarations, ipset } as const satisfies Readonly<Record<PolicyTable, TableDeclaration>>;

/** The tables that the world holds. */
export type WatchedTable = {
  [Name in PolicyTable]: (typeof TABLES)[Name] extends { readonly watch: object } ? Name : never;
}[PolicyTable];

/** The resources by name. */
export const RESOURCES: ReadonlyMap<Resource, ResourceDeclaration> = new Map(
  Object.values(declarations).map((declaration) => [declaration.name, declaration]),
);

export const RESOURCE_NAMES: readonly Resource[] = [...RESOURCES.keys()];

/** The declaration of one resource. */
export function declarationOf(name: Resource): ResourceDeclaration {
  return declarations[name];
}

/** The declaration of a table; undefined for one of this server's own. */
export function tableDeclaration(name: string): TableDeclaration | undefined {
  return Object.hasOwn(TABLES, name) ? TABLES[name as PolicyTable] : undefined;
}
