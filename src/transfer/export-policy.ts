import type { Resource } from '../model/document.js';
import type { Store } from '../store/store.js';
import { RESOURCE_NAMES } from '../resources/resources.js';
import type { PolicyFile } from './policy-file.js';

/**
 * Reads all policy out of a store. `now`: epoch milliseconds. Tables are read one after the other: what is edited
 * meanwhile may be in the file or not, each document as a whole.
 */
export async function exportPolicy(
  store: Pick<Store, 'list'>,
  options: { readonly now: number; readonly dialect: 'dog1' | 'dog2' | undefined },
): Promise<PolicyFile> {
  const resources: Partial<Record<Resource, PolicyFile['resources'][Resource]>> = {};
  for (const name of RESOURCE_NAMES) resources[name] = (await store.list(name)).map(({ doc }) => doc);
  return {
    exportedAt: Math.floor(options.now / 1000),
    ...(options.dialect === undefined ? {} : { dialect: options.dialect }),
    resources: resources as PolicyFile['resources'],
  };
}
