import type { Row } from './row.js';
import type { PrivateRabbit } from './peers/private-rabbit.js';

/** What a bench is given to work with. */
export interface Stage {
  /** Directory of the build that is measured: that of this program, or another one beside it. Ends with `/`. */
  readonly dist: string;
  /** A count for this run: smaller where benches are only seen to run at all. At least 2. */
  scaled(count: number): number;
  /** Says how far it is, on one line. */
  say(text: string): void;
  /** The run's own RabbitMQ, started when it is first asked for. Rejects where there is none. */
  rabbit(): Promise<PrivateRabbit>;
  /** A new directory that goes with the run. */
  directory(): Promise<string>;
}

/** One subject and its rows. */
export interface Bench {
  /** For the command line, as `intake`. */
  readonly name: string;
  readonly title: string;
  /** How long it takes, where that is minutes: such a bench runs only when it is named. */
  readonly long?: string;
  /** It imports this build, so it can't measure another beside it. */
  readonly ownBuild?: true;
  /** Rejects where it can't be measured here, with why. */
  run(stage: Stage): Promise<readonly Row[]>;
}
