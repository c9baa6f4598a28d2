import { hrefOf } from './route.js';

/** The address of a rule in the page of its profile. `index`: from 0, as sources of lines have it; people count from 1. */
export function ruleHref(profileId: string, direction: string, index: number): string {
  return hrefOf(['policy', 'profiles', profileId], { direction, rule: index + 1 });
}
