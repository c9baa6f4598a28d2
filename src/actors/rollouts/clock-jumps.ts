import type { Clock } from '../../otp/index.js';

/** A difference of that many milliseconds between two looks is a jump of the wall clock, or a machine that slept. */
const JUMP_MS = 5000;

/** Whether the wall clock jumped, or this process stood still, since it was asked last: silence in between says nothing. */
export class ClockJumps {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  #wall: number;
  #monotonic: number;

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#monotonic = clock.monotonic();
  }

  /** `lookMs`: how often it is asked. */
  jumped(lookMs: number): boolean {
    const [wall, monotonic] = [this.#clock.now(), this.#clock.monotonic()];
    const passed = { wall: wall - this.#wall, monotonic: monotonic - this.#monotonic };
    this.#wall = wall;
    this.#monotonic = monotonic;
    return Math.abs(passed.wall - passed.monotonic) > JUMP_MS || passed.monotonic > lookMs + JUMP_MS;
  }
}
