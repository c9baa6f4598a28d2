import type { ServerContext } from '../context.js';

type Needs = Pick<ServerContext, 'world' | 'outputs' | 'metrics' | 'system'>;

/** Measures how long one host takes from the confirm of its group's ruleset until it runs it. */
export class ConvergenceWatch {
  readonly #needs: Needs;
  /** When the ruleset was published that the host runs, as far as it was seen; epoch seconds. */
  #on: number | undefined = undefined;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** The host reports what its group has. A ruleset that was out before we knew the host is not measured. */
  reached(groupName: string): void {
    const { world, outputs, metrics, system } = this.#needs;
    const group = world.groupByName(groupName);
    const publishedAt = group === undefined ? undefined : outputs.changedAt(group.id);
    if (publishedAt === undefined || publishedAt === this.#on) return;
    if (this.#on !== undefined && publishedAt > this.#on)
      metrics.observe('dog_trainer_publish_to_converge_seconds', Math.max(0, system.clock.now() / 1000 - publishedAt));
    this.#on = publishedAt;
  }
}
