import type { Machine } from './machine.js';
import type { Row } from './row.js';

/** What one bench gave, of this build and, where another was measured beside it, of that. */
export interface BenchResult {
  readonly name: string;
  readonly title: string;
  /** Empty where it could not be measured. */
  readonly rows: readonly Row[];
  /** Of the build beside. */
  readonly beside?: readonly Row[];
  /** Why it could not be measured, or not beside. */
  readonly failed?: string;
  readonly seconds: number;
}

/** One run of benches, as `docs/performance.json` holds it. */
export interface Run {
  /** ISO 8601. */
  readonly at: string;
  readonly version: string;
  readonly machine: Machine;
  readonly benches: readonly BenchResult[];
}
