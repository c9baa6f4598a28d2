/** Who holds publishing back, and since when (epoch seconds). */
export interface PublishingPause {
  readonly author: string;
  readonly since: number;
}

/** Whether anything may be published now. */
export interface MayPublish {
  /** By an operator. */
  readonly paused: boolean;
  /** Linked servers that must be heard first, after a start; absent: none. */
  readonly unheard?: string | undefined;
}

/** Why nothing is published now, as the end of "because ..."; undefined: it may be. */
export function whyHeld({ paused, unheard }: MayPublish): string | undefined {
  if (paused) return 'publishing is paused';
  return unheard === undefined ? undefined : `linked servers are not heard yet: ${unheard}`;
}

/** The operator's switch over all publishing (`POST /api/V2/publishing`); kept in the store by the code that sets it. */
export class PublishingGate implements MayPublish {
  #pause: PublishingPause | undefined = undefined;
  #changed: { readonly author: string; readonly since: number } | undefined = undefined;

  readonly #unheard: () => readonly string[];

  /** `unheard`: names of links for which publishing waits after a start; default: none. */
  constructor(unheard: () => readonly string[] = () => []) {
    this.#unheard = unheard;
  }

  get unheard(): string | undefined {
    const names = this.#unheard();
    return names.length === 0 ? undefined : names.join(', ');
  }

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
