import type { ReadAhead } from './read-ahead.js';

/** In single modules nothing is read ahead; `script/bundle.mjs` has what `readAhead` gives for config/default.yaml in its place. */
export const DEFAULTS_READ_AHEAD = undefined as ReadAhead | undefined;
