/** Who holds publishing back, and since when (epoch seconds). */
export interface PublishingPause {
  readonly author: string;
  readonly since: number;
}

/** The operator's switch over all publishing (`POST /api/V2/publishing`); kept in the store by the code that sets it. */
export class PublishingGate {
  #pause: PublishingPause | undefined = undefined;
  #changed: { readonly author: string; readonly since: number } | undefined = undefined;

  get paused(): boolean {
    return this.#pause !== undefined;
  }

  /** The last change of the switch, when there was one. */
  get lastChange(): { readonly author: string; readonly since: number } | undefined {
    return this.#changed;
  }

  set(paused: boolean, by: { readonly author: string; readonly since: number }): void {
    this.#pause = paused ? by : undefined;
    this.#changed = by;
  }
}
