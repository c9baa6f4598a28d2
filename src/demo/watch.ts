import { counted } from '../model/counted.js';
import type { Fleet } from '../sim/sim-fleet.js';
import type { StartedServer } from '../server/start-server.js';
import { convergence, type Convergence } from './convergence.js';

const LOOK_MS = 200;
/** Checking a large fleet takes long and blocks it meanwhile: most of the time spent on checks, as a fraction. */
const LOOK_SHARE = 0.1;
/** Without progress for this long the fleet counts as stuck, in milliseconds; generous, for slow machines. */
const PATIENCE_MS = 180_000;
/** Most hosts named when the fleet is stuck. */
const MOST_NAMED = 5;

/** The demo was told to end before it was done; nothing failed. */
export class EndedEarly extends Error {
  constructor() {
    super('the demo was ended before it was done');
  }
}

export interface WatchOptions {
  readonly agents: number;
  readonly out: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Checks the fleet repeatedly, and prints one line of progress. */
export class Watch {
  readonly #server: StartedServer;
  readonly #fleet: Fleet;
  readonly #options: WatchOptions;
  #shown = '';

  constructor(server: StartedServer, fleet: Fleet, options: WatchOptions) {
    this.#server = server;
    this.#fleet = fleet;
    this.#options = options;
  }

  async until(doing: string, done: (state: Convergence) => boolean): Promise<Convergence> {
    const { agents, out, signal } = this.#options;
    let deadline = performance.now() + PATIENCE_MS;
    let best = 0;
    for (;;) {
      const began = performance.now();
      const state = convergence(this.#server.state, this.#fleet);
      const right = state.registered + state.active + state.converged;
      if (right > best) deadline = performance.now() + PATIENCE_MS;
      best = Math.max(best, right);
      const line = `${doing}: ${progressText(state, agents)}`;
      if (line !== this.#shown)
        out(`${process.stdout.isTTY ? '\r\u001b[K' : ''}${line}${process.stdout.isTTY ? '' : '\n'}`);
      this.#shown = line;
      if (done(state)) {
        if (process.stdout.isTTY) out('\n');
        return state;
      }
      if (signal.aborted) throw new EndedEarly();
      if (performance.now() > deadline)
        throw new Error(
          `nothing more came right for ${PATIENCE_MS / 1000} seconds: ${line}; ${this.#stragglers(state) || 'no host is behind'}`,
        );
      const pause = Math.max(LOOK_MS, (performance.now() - began) / LOOK_SHARE);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Some of the hosts that are behind, each with the reason as far as it is known. */
  #stragglers({ behind }: Convergence): string {
    const { state } = this.#server;
    const progress = new Map(this.#fleet.progress().map((agent) => [agent.hostkey, agent]));
    const named = behind.slice(0, MOST_NAMED).map(({ hostkey, why }) => {
      const agent = progress.get(hostkey);
      const differing = state.drift.get(hostkey)?.differing.join('+');
      return [
        `${agent?.name ?? hostkey}: ${why}`,
        ...(differing === undefined ? [] : [`drifted (${differing})`]),
        ...(agent === undefined
          ? []
          : [
              `${counted(agent.reportsSent, 'report')} sent, ${counted(agent.rulesetsApplied, 'ruleset')} and ${counted(agent.ipsetsApplied, 'set')} applied`,
            ]),
        ...(agent?.lastError === undefined ? [] : [`last error: ${agent.lastError}`]),
      ].join(', ');
    });
    const more = behind.length > MOST_NAMED ? [`and ${behind.length - MOST_NAMED} more`] : [];
    return [...named, ...more].join('; ');
  }
}

/** A host on its way is still converging; only one that had its time and did not use it has drifted. */
function progressText({ registered, converged, drifted }: Convergence, agents: number): string {
  const converging = registered - converged - drifted.length;
  return [
    registered < agents ? `${registered} of ${agents} hosts registered` : counted(agents, 'host'),
    `${converged} ${converged === 1 ? 'runs' : 'run'} what was published`,
    ...(converging > 0 ? [`${converging} still converging`] : []),
    ...(drifted.length > 0 ? [`${drifted.length} drifted`] : []),
  ].join(', ');
}
