import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface IntakeMakers {
  readonly intake: Make;
}

/**
 * Last up, first down: reports are taken when all who handle them are there. Ten crashes in a minute: a report that
 * brings it down comes again, and is kept as a dead letter after a few tries.
 */
export function intakeSup(make: IntakeMakers): ChildSpec {
  return supervisorSpec('intake_sup', { strategy: 'one_for_one', intensity: 10, periodS: 60 }, () => [
    workerSpec('intake', make.intake),
  ]);
}
