/** For tests of actors: time and turns that move only when the test says so. */
export { manualTurns } from './manual-turns.js';
export type { ManualTurns } from './manual-turns.js';
export { virtualClock } from './virtual-clock.js';
export type { VirtualClock } from './virtual-clock.js';
export { virtualSystem } from './virtual-system.js';
export type { VirtualSystem } from './virtual-system.js';
