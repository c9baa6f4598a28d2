import type { ServerContext } from '../actors/context.js';
import { Intake } from '../actors/intake/intake.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/** Last up, first down: reports are taken when all who handle them are there. */
export function intakeSup(context: ServerContext) {
  return supervisorSpec('intake_sup', { strategy: 'one_for_one', intensity: 10, periodS: 60 }, () => [
    workerSpec('intake', () => new Intake(context)),
  ]);
}
