import { Slices } from '../../world/slices.js';

/** Checks the rules of writes in slices: a ruleset may hold thousands, and a service may be in many. */
export const checkSlices = new Slices();
