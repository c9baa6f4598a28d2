import { checkFlags, checkSpecs } from './child-spec.js';
import type { CheckedFlags, CheckedSpec } from './child-spec.js';

/** What a supervisor works by: under simple_one_for_one `template` is the one spec, and there are no static children. */
export interface SupSetup {
  readonly flags: CheckedFlags;
  readonly specs: readonly CheckedSpec[];
  readonly template: CheckedSpec | undefined;
}

/** Checks what an init callback gave; `wrong` is the term with which the supervisor ends. */
export function readSetup(given: unknown, callback: string): SupSetup | { readonly wrong: unknown } {
  const { flags: givenFlags = {}, children } = (given ?? {}) as { flags?: unknown; children?: unknown };
  if (!Array.isArray(children)) return { wrong: { bad_return: { callback, value: given } } };
  const flags = checkFlags(givenFlags);
  if ('error' in flags) return { wrong: { supervisor_data: flags.error } };
  const specs = checkSpecs(children as readonly unknown[], flags.autoShutdown);
  if ('error' in specs) return { wrong: { start_spec: specs.error } };
  if (flags.strategy !== 'simple_one_for_one') return { flags, specs, template: undefined };
  if (specs.length !== 1) return { wrong: { bad_start_spec: children } };
  return { flags, specs: [], template: specs[0] };
}
