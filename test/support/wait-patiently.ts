import { vi } from 'vitest';

/** Vitest gives up after one second; on a machine with other work that is a timed assertion that nobody wrote. */
const PATIENT = { timeout: 20_000, interval: 20 } as const;

const { waitFor, waitUntil } = vi;

vi.waitFor = (look, options) => waitFor(look, withPatience(options));
vi.waitUntil = (look, options) => waitUntil(look, withPatience(options));

function withPatience<Options extends object>(
  options: number | Options | undefined,
): number | (typeof PATIENT & Options) {
  return typeof options === 'number' ? options : ({ ...PATIENT, ...options } as typeof PATIENT & Options);
}
