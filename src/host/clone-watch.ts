/** Where a report came from, as far as it tells machines apart. */
export interface ReportOrigin {
  readonly name: string;
  /** The interfaces, as the agent wrote them. */
  readonly interfaces: string;
}

/** Two hosts that answer to one hostkey: what tells them apart. */
export interface Clones {
  readonly by: 'name' | 'interfaces';
  readonly one: string;
  readonly other: string;
}

/** An interface comes and goes on an honest host; that it does so report after report means two hosts. */
const RETURNS = { name: 1, interfaces: 3 } as const;
/** After so many reports in a row without a change, one of the two has been given a hostkey of its own. */
const CALM_REPORTS = 10;

/** One property over time: how often in a row it went back to what it was before its last change. */
class Alternation {
  #last = '';
  #before = '';
  #returns = 0;

  see(value: string): { readonly changed: boolean; readonly returns: number } {
    const changed = this.#last !== '' && value !== this.#last;
    if (changed) {
      this.#returns = value === this.#before ? this.#returns + 1 : 0;
      this.#before = this.#last;
    }
    this.#last = value;
    return { changed, returns: this.#returns };
  }

  get pair(): readonly [string, string] {
    return [this.#last, this.#before];
  }

  forget(): void {
    this.#before = '';
    this.#returns = 0;
  }
}

/**
 * Notices two machines that take turns in the row of one hostkey from a copied `config.json`
 * (docs/host-lifecycle.md#two-machines-with-one-hostkey).
 */
export class CloneWatch {
  readonly #name = new Alternation();
  readonly #interfaces = new Alternation();
  #calm = 0;
  #found = false;

  /** Whether two machines have been seen and not yet been set apart. */
  get found(): boolean {
    return this.#found;
  }

  /** Takes in a report; answers when it shows the two machines taking turns. */
  see({ name, interfaces }: ReportOrigin): Clones | undefined {
    const byName = this.#name.see(name);
    const byInterfaces = this.#interfaces.see(interfaces);
    this.#calm = byName.changed || byInterfaces.changed ? 0 : this.#calm + 1;
    if (this.#calm >= CALM_REPORTS) {
      this.#found = false;
      this.#name.forget();
      this.#interfaces.forget();
    }
    const by =
      byName.changed && byName.returns >= RETURNS.name
        ? 'name'
        : byInterfaces.changed && byInterfaces.returns >= RETURNS.interfaces
          ? 'interfaces'
          : undefined;
    if (by === undefined) return undefined;
    this.#found = true;
    const [one, other] = by === 'name' ? this.#name.pair : this.#interfaces.pair;
    return { by, one, other };
  }
}
