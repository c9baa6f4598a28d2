import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import { httpSup, type HttpMakers } from './http-sup.js';
import { intakeSup } from './intake-sup.js';
import { workers, type WorkMakers } from './leader-sup.js';
import type { Make } from './make.js';
import { storeSup, type StoreMakers } from './store-sup.js';
import { TOP } from './top.js';

/** The actors of any server, from its first moment on. */
export interface BaseMakers {
  readonly store: StoreMakers;
  readonly http: HttpMakers;
}

/**
 * The whole tree of a server that is alone, top-down. Each part rests only on those above it: rest_for_one starts again
 * what rests on the part that fell. Start left to right (here: top to bottom), stop the other way round, intake first.
 */
export function dogTrainerSup(make: BaseMakers & WorkMakers): ChildSpec {
  return supervisorSpec('dog_trainer', TOP, () => [
    storeSup(make.store),
    ...workers(make),
    httpSup(make.http),
    intakeSup(make.intake),
  ]);
}

/** Who starts the rest: a candidate that has won the lease, or a starter that has waited for the store. */
export interface Beginner {
  readonly id: 'candidate' | 'starter';
  readonly make: Make;
}

/**
 * The tree of a server that can't begin before it knows something from the store: HTTP is up, and `beginner` starts the
 * rest, as the last child of this supervisor, when its time has come. What it started is stopped before it, and started
 * again after it.
 */
export function waitingSup(make: BaseMakers, beginner: Beginner): ChildSpec {
  return supervisorSpec('dog_trainer', TOP, () => [
    storeSup(make.store),
    httpSup(make.http),
    workerSpec(beginner.id, beginner.make),
  ]);
}
