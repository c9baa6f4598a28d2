import type { Metrics } from '../metrics/create-metrics.js';
import type { ChannelFigures } from './channel-figures.js';
import type { Notice } from './notice.js';

/**
 * A way on which people are told of alerts. Digest, retries and dead letters stand around it
 * (`src/actors/alerts/alert-channel-actor.ts`), one notice at a time.
 */
export interface AlertChannel {
  /** As in `/readyz`, metrics and the log. */
  readonly name: string;
  /**
   * Delivers a notice; resolves when the receiver has taken it. It ends by itself, within `alerts.timeout_ms`.
   * Rejects with `NotDelivered`, which says whether to try again, or with `DeliveredInPart`. Anything else that it
   * throws is a fault of its own: the notice is given up, as nobody knows whether it went out.
   */
  deliver(notice: Notice): Promise<void>;
}

/**
 * The receiver has not got a notice.
 * `later`: nothing was taken, so the same notice may be tried again; with `away` the receiver as a whole is at fault,
 * and all that waits for it waits on. `never`: trying again makes no sense, or the notice may have gone out already.
 */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered';
  readonly again: 'later' | 'never';
  readonly away: boolean;

  /** `reason`: one line for operators, without secrets. */
  constructor(reason: string, { again, away = false }: { readonly again: 'later' | 'never'; readonly away?: boolean }) {
    super(reason);
    this.again = again;
    this.away = away;
  }
}

/** Some have got the notice, and that is that; `missed` have not and will not. */
export class DeliveredInPart extends Error {
  override readonly name = 'DeliveredInPart';
  readonly missed: readonly string[];

  constructor(reason: string, missed: readonly string[]) {
    super(reason);
    this.missed = missed;
  }
}

/** What is wrong with the keys of a channel when they are looked at together. */
export interface ChannelFindings {
  /** The configuration is refused: `wanted` goes on after "key = value". */
  readonly wrong?: readonly { readonly key: string; readonly value: unknown; readonly wanted: string }[];
  /** It is accepted, with these sentences. */
  readonly warnings?: readonly string[];
}

/** What a channel may use to do its work. */
export interface ChannelPorts {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A row of `ALERT_CHANNELS`: how a channel is called, configured and made. `Config`: the keys that it reads. */
export interface ChannelKind<Config> {
  readonly name: string;
  /** The name of its actor. */
  readonly actor: string;
  /** What it delivers to, as the tree, `/readyz` and the log call it. */
  readonly receiver: string;
  /** What it delivers, likewise; the plural takes an s. */
  readonly letter: string;
  /** The file of its dead letters in `data_dir`. */
  readonly deadLetters: string;
  /** Its key in the gauge `dog_trainer_outage`. */
  readonly outage: string;
  /**
   * Where it isn't configured: `logs` has an actor that writes alerts to the log, so that they are somewhere; `absent`
   * has none.
   */
  readonly whenOff: 'logs' | 'absent';
  /** Its keys of the configuration: a `SpecTree` (`src/config/key-spec.ts`) as plain data, where the schema reads it. */
  readonly keys: object;
  check?(config: Config): ChannelFindings;
  /** Who it delivers to, for dead letters; no secrets. */
  recipients(config: Config): readonly string[];
  /** Makes the channel; undefined: its keys are not set. */
  open(config: Config, ports: ChannelPorts): AlertChannel | undefined;
  /** Figures besides those that every channel has. */
  figures?(metrics: Metrics): ChannelFigures;
}
