import { Slices } from '../../world/slices.js';

/** Where the rules of writes are checked, a slice at a time: a ruleset may hold thousands, and a service be in many. */
export const checkSlices = new Slices();
