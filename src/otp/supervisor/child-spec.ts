import type { ActorSystem } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';
import type { StartResult } from '../gen-server/start-result.js';
import type { Restart, Strategy } from './strategy.js';

/** How a child is told to stop: killed, asked and given that many milliseconds, or asked and waited for. */
export type Shutdown = 'brutal_kill' | 'infinity' | number;
export type ChildType = 'worker' | 'supervisor';
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant';

/** Given to a start function. The process it starts must have `parent` as its parent. */
export interface StartContext {
  readonly system: ActorSystem;
  readonly parent: Pid;
}

/**
 * How to start, keep and stop one child (or, under simple_one_for_one, all children; `start` then gets the arguments
 * of `startChild`).
 */
export interface ChildSpec<Args extends readonly unknown[] = readonly []> {
  readonly id: string;
  readonly start: (context: StartContext, ...args: Args) => Promise<StartResult>;
  /** Default `permanent`. */
  readonly restart?: Restart;
  /** Default 5000 ms for a worker, `infinity` for a supervisor. */
  readonly shutdown?: Shutdown;
  /** Default `worker`. */
  readonly type?: ChildType;
  /** Its orderly end may end the supervisor (see `autoShutdown`). Default false. */
  readonly significant?: boolean;
}

/** A child spec with arguments of any kind. */
export type AnyChildSpec = ChildSpec<readonly never[]>;

export interface SupFlags {
  /** Default `one_for_one`. */
  readonly strategy?: Strategy;
  /** Restarts allowed within the period; one more ends the supervisor. Default 1. */
  readonly intensity?: number;
  /** Whole seconds. Default 5. */
  readonly periodS?: number;
  /** Default `never`. */
  readonly autoShutdown?: AutoShutdown;
}

/** A spec with its defaults filled in. */
export interface CheckedSpec {
  readonly id: string;
  readonly start: (context: StartContext, ...args: readonly unknown[]) => Promise<StartResult>;
  readonly restart: Restart;
  readonly shutdown: Shutdown;
  readonly type: ChildType;
  readonly significant: boolean;
}

export type CheckedFlags = Required<SupFlags>;

/** What is wrong with a spec, in OTP's words. The value is what was found. */
export type SpecError =
  | 'missing_id'
  | 'missing_start'
  | { readonly invalid_child_spec: unknown }
  | { readonly invalid_id: unknown }
  | { readonly invalid_start: unknown }
  | { readonly invalid_restart_type: unknown }
  | { readonly invalid_shutdown: unknown }
  | { readonly invalid_child_type: unknown }
  | { readonly invalid_significant: unknown }
  | { readonly bad_combination: Readonly<Record<string, unknown>> }
  | { readonly duplicate_child_name: string };

/** What is wrong with a supervisor's flags. */
export type FlagError =
  | { readonly invalid_type: unknown }
  | { readonly invalid_strategy: unknown }
  | { readonly invalid_intensity: unknown }
  | { readonly invalid_period: unknown }
  | { readonly invalid_auto_shutdown: unknown };

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function oneOf<T>(value: unknown, allowed: readonly T[]): value is T {
  return (allowed as readonly unknown[]).includes(value);
}

function isShutdown(value: unknown): value is Shutdown {
  return value === 'brutal_kill' || value === 'infinity' || (Number.isInteger(value) && (value as number) >= 0);
}

/**
 * Checks a spec and fills in the defaults (https://www.erlang.org/doc/apps/stdlib/supervisor.html#t:child_spec/0).
 * Unknown keys are ignored.
 */
export function checkSpec(spec: unknown, autoShutdown: AutoShutdown): CheckedSpec | { readonly error: SpecError } {
  if (!isRecord(spec)) return { error: { invalid_child_spec: spec } };
  const { id, start } = spec;
  if (id === undefined) return { error: 'missing_id' };
  if (typeof id !== 'string' || id === '') return { error: { invalid_id: id } };
  if (start === undefined) return { error: 'missing_start' };
  if (typeof start !== 'function') return { error: { invalid_start: start } };
  const { restart = 'permanent', type = 'worker', significant = false } = spec;
  const { shutdown = type === 'supervisor' ? 'infinity' : 5000 } = spec;
  if (!oneOf(restart, ['permanent', 'transient', 'temporary'] as const)) {
    return { error: { invalid_restart_type: restart } };
  }
  if (!oneOf(type, ['worker', 'supervisor'] as const)) return { error: { invalid_child_type: type } };
  if (!isShutdown(shutdown)) return { error: { invalid_shutdown: shutdown } };
  if (typeof significant !== 'boolean') return { error: { invalid_significant: significant } };
  if (significant && autoShutdown === 'never') {
    return { error: { bad_combination: { auto_shutdown: autoShutdown, significant } } };
  }
  if (significant && restart === 'permanent') return { error: { bad_combination: { restart, significant } } };
  return { id, start: start as CheckedSpec['start'], restart, shutdown, type, significant };
}

/** Checks all specs of a supervisor; ids must differ. */
export function checkSpecs(
  specs: readonly unknown[],
  autoShutdown: AutoShutdown,
): readonly CheckedSpec[] | { readonly error: SpecError } {
  const checked = new Map<string, CheckedSpec>();
  for (const spec of specs) {
    const result = checkSpec(spec, autoShutdown);
    if ('error' in result) return result;
    if (checked.has(result.id)) return { error: { duplicate_child_name: result.id } };
    checked.set(result.id, result);
  }
  return [...checked.values()];
}

/**
 * Checks a supervisor's flags and fills in the defaults
 * (https://www.erlang.org/doc/apps/stdlib/supervisor.html#t:sup_flags/0). Unknown flags are ignored.
 */
export function checkFlags(flags: unknown): CheckedFlags | { readonly error: FlagError } {
  if (!isRecord(flags)) return { error: { invalid_type: flags } };
  const { strategy = 'one_for_one', intensity = 1, periodS = 5, autoShutdown = 'never' } = flags;
  if (!oneOf(strategy, ['one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one'] as const)) {
    return { error: { invalid_strategy: strategy } };
  }
  if (!Number.isInteger(intensity) || (intensity as number) < 0) return { error: { invalid_intensity: intensity } };
  if (!Number.isInteger(periodS) || (periodS as number) < 1) return { error: { invalid_period: periodS } };
  if (!oneOf(autoShutdown, ['never', 'any_significant', 'all_significant'] as const)) {
    return { error: { invalid_auto_shutdown: autoShutdown } };
  }
  // As in newer OTP: dynamic children come and go, so "all of them have ended" says nothing.
  if (strategy === 'simple_one_for_one' && autoShutdown !== 'never') {
    return { error: { invalid_auto_shutdown: autoShutdown } };
  }
  return { strategy, intensity: intensity as number, periodS: periodS as number, autoShutdown };
}
