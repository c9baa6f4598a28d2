import { hrefOf } from '../route/href-of.js';

const PLACES: Readonly<Record<string, readonly string[]>> = {
  host: ['hosts'],
  group: ['groups'],
  zone: ['policy', 'zones'],
  service: ['policy', 'services'],
  profile: ['policy', 'profiles'],
  link: ['policy', 'links'],
};

/** Where a document is shown; null: nowhere. */
export function policyHref(resource: string, id: string): string | null {
  const place = PLACES[resource];
  return place === undefined ? null : hrefOf([...place, id]);
}
