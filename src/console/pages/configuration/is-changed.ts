import type { ShownSetting } from '../../../config/shown-settings.js';

/** Somebody set it: it is neither a default nor follows from other keys. */
export function isChanged({ origin }: ShownSetting): boolean {
  return origin === 'file' || origin === 'environment' || origin === 'flag';
}
