/** How an event fares: within what its window allows, the first beyond it, or a later one. */
export type Rate = 'within' | 'first_beyond' | 'beyond';

export interface RateWindowOptions {
  /** Events that one window allows. */
  readonly most: number;
  /** Length of a window in milliseconds. */
  readonly lengthMs: number;
  /**
   * Hears of a window that is over, when the next event begins another: how many events it had beyond its limit, and how
   * many milliseconds ago it ended.
   */
  readonly ended?: (beyond: number, agoMs: number) => void;
}

/**
 * Counts events in windows of one length: the first event after a window's end begins the next. It counts; it paces
 * nothing. Twice `most` can fall together where one window ends and the next begins.
 */
export class RateWindow {
  readonly #options: RateWindowOptions;
  #from: number | undefined = undefined;
  #count = 0;

  constructor(options: RateWindowOptions) {
    this.#options = options;
  }

  /** Takes in an event at `now`, milliseconds of any one clock; where that was set back, a new window begins. */
  add(now: number): Rate {
    const { most, lengthMs, ended } = this.#options;
    if (this.#from !== undefined && (now - this.#from >= lengthMs || now < this.#from)) {
      ended?.(Math.max(0, this.#count - most), Math.max(0, now - this.#from - lengthMs));
      this.#from = undefined;
    }
    if (this.#from === undefined) {
      this.#from = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= most) return 'within';
    return this.#count === most + 1 ? 'first_beyond' : 'beyond';
  }

  /** Milliseconds until the window ends that is open at `now`; 0: none is. */
  leftMs(now: number): number {
    return this.#from === undefined ? 0 : Math.max(0, this.#from + this.#options.lengthMs - now);
  }
}
