import type { DoneConvergence, OpenConvergence } from '../../actors/hosts/convergence-book.js';
import type { RolloutState } from '../../rollout/rollout.js';
import type { FleetStatus } from '../fleet-answers.js';
import type { JournalAnswer, PublishingQueue } from './publishing-answers.js';

/** A part that the server rests on. */
export interface PartState {
  /** `troubled`: it is there, but does not do all that it should; `off`: it is not configured, or this server only looks on. */
  readonly state: 'up' | 'troubled' | 'down' | 'off';
  /** Since when it has been up or down, epoch seconds; null: not known. */
  readonly since: number | null;
  /** What is wrong, as it was said last; null: nothing, or it did not say. */
  readonly why: string | null;
}

/** A way to tell people. */
export interface AlertPart extends PartState {
  /** Whether it is configured. */
  readonly on: boolean;
  /** Alerts that wait for it. */
  readonly waiting: number;
}

/** Whether any agent reports (docs/host-lifecycle.md#the-guard); while it is closed nothing is published and nobody is declared dead. */
export interface GuardAnswer {
  readonly state: 'open' | 'closed' | 'off';
  readonly why: string | null;
  /** Since when it has been open, epoch seconds; null: it is not. */
  readonly since: number | null;
}

/** A change on its way to its group's hosts in steps (`GET /api/V2/rollout/:id`). */
export interface RolloutUnderWay {
  readonly id: string;
  readonly group: string;
  readonly state: RolloutState;
  /** What its newest step covers, such as `10 %`; null: none was begun. */
  readonly step: string | null;
  readonly why: string | null;
}

/** `GET /api/V2/now`: what one page shows of the whole server. */
export interface NowAnswer {
  /** Epoch seconds. */
  readonly at: number;
  readonly status: FleetStatus;
  readonly guard: GuardAnswer;
  readonly broker: { readonly publishing: PartState; readonly reports: PartState };
  readonly store: PartState;
  readonly mail: AlertPart;
  readonly webhook: AlertPart;
  /** Of the server that answers. `name`, `term`: null where servers are not elected. */
  readonly leader: {
    readonly role: 'alone' | 'leader' | 'follower';
    readonly name: string | null;
    readonly term: number | null;
  };
  readonly journal: JournalAnswer;
  /** Those that are not over, the oldest first: at most 100, `rollouts_total` counts all. */
  readonly rollouts: readonly RolloutUnderWay[];
  readonly rollouts_total: number;
}

/** `GET /api/V2/convergence`: from the broker's confirm until all hosts in use report it. Of this run of the server. */
export interface Convergence {
  /** The oldest first: at most 200, `open_total` counts all. */
  readonly open: readonly OpenConvergence[];
  readonly open_total: number;
  /** The newest 500, the oldest first. */
  readonly done: readonly DoneConvergence[];
}

/** What is so at this moment. Answered from plain state: no actor is asked. */
export interface NowView {
  now(): NowAnswer;
  convergence(): Convergence;
  publishingQueue(): PublishingQueue;
}
