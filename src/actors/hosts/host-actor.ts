import { knowledgeToDoc } from '../../host/host-report.js';
import { stateOf } from '../../host/host-state.js';
import { textOf } from '../../model/text-of.js';
import type { DetailObject, Self, GenServer, TimerRef } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import type { RefusedReports } from '../intake/refused-reports.js';
import type { Log } from '../../log/log.js';
import { storePatiently } from '../store/store-patiently.js';
import type { DriftBook } from './drift-book.js';
import { HostDeadlines, type DeadlineInfo, type HostDeadlinesNeeds } from './host-deadlines.js';
import { HostDelivery, type HostDeliveryNeeds } from './host-delivery.js';
import type { HostCall, HostCast, HostReply, HostSent } from './host-messages.js';
import { HostReadBack, type HostReadBackNeeds } from './host-read-back.js';
import { HostRecord } from './host-record.js';
import { HostReports, type HostReportsNeeds } from './host-reports.js';
import type { HostRoom } from './host-room.js';

type HostInfo = DeadlineInfo | { readonly tag: 'idle' };

/** What its parts use, and itself. */
export type HostActorNeeds = HostReportsNeeds &
  HostDeadlinesNeeds &
  HostReadBackNeeds &
  HostDeliveryNeeds & {
    readonly world: Pick<World, 'hostByKey' | 'knowledge'>;
    readonly store: Pick<Store, 'commit'>;
    readonly drift: Pick<DriftBook, 'get' | 'forget'>;
    readonly refused: Pick<RefusedReports, 'clear'>;
    readonly hostRoom: Pick<HostRoom, 'showAlarm'>;
    readonly log: Log;
  };

/** How long the actor of a host that is not registered waits for its next report. */
const STRANGER_MS = 60_000;

/**
 * One host: what its reports and its silence mean. The row in the store is the truth, each decision is made inside the
 * store's own edit, so that a change over the API at the same moment is never overwritten
 * (docs/host-lifecycle.md#processing-a-report).
 */
export class HostActor implements GenServer<HostCall, HostReply, HostCast, HostInfo> {
  readonly #needs: HostActorNeeds;
  readonly #record: HostRecord;
  readonly #deadlines: HostDeadlines;
  /** These two are made when they are first needed: many hosts are silent for long. */
  #delivery: HostDelivery | undefined = undefined;
  #reports: HostReports | undefined = undefined;
  #idleTimer: TimerRef | undefined = undefined;

  constructor(needs: HostActorNeeds, hostkey: string) {
    this.#needs = needs;
    this.#record = new HostRecord(needs.world, hostkey);
    this.#deadlines = new HostDeadlines(needs, this.#record);
  }

  init(self: Self<HostInfo>): void {
    this.#deadlines.arm(self);
  }

  handleCall(self: Self<HostInfo>, message: HostCall): HostReply | Promise<HostReply> {
    if (message.tag === 'send_again') return this.#sendAgain(self);
    return this.#reporting().take(self, message.report, () => {
      if (this.#record.row() === undefined) this.#awaitStranger(self);
      return 'done' as const;
    });
  }

  handleCast(self: Self<HostInfo>, message: HostCast): void | Promise<void> {
    switch (message.tag) {
      case 'check':
        return this.#deadlines.arm(self);
      case 'moved':
        return this.#delivering().moved(textOf(this.#record.row()?.group));
      case 'read_back':
        return new HostReadBack(this.#needs, this.#record, this.#delivering()).take(self, message.differing);
      case 'removed':
        return this.#removed(self);
    }
  }

  async handleInfo(self: Self<HostInfo>, { tag }: HostInfo): Promise<void> {
    if (tag === 'deadline') return this.#deadlines.come(self);
    this.#idleTimer = undefined;
    if (this.#record.row() === undefined) self.stop('normal');
  }

  describe(): DetailObject {
    const row = this.#record.row();
    return {
      name: textOf(row?.name),
      state: row === undefined ? 'unregistered' : stateOf(row),
      ...(this.#record.known?.unverified === undefined ? {} : { unverified: true }),
      differing: this.#needs.drift.get(this.#record.hostkey)?.differing ?? [],
    };
  }

  /** What its decisions rest on beside the row: what it reported, drift and repairs, and what silence does when. */
  formatStatus(): DetailObject {
    const { hostkey, known } = this.#record;
    const drift = this.#needs.drift.get(hostkey);
    return {
      ...this.describe(),
      hostkey,
      row: this.#record.row()?.id ?? null,
      known: known === undefined ? null : knowledgeToDoc(hostkey, known),
      drift: drift === undefined ? null : { ...drift },
      silence: this.#deadlines.describe(),
    };
  }

  #delivering(): HostDelivery {
    return (this.#delivery ??= new HostDelivery(this.#needs, this.#record.hostkey));
  }

  #reporting(): HostReports {
    const parts = { record: this.#record, delivery: this.#delivering(), deadlines: this.#deadlines };
    return (this.#reports ??= new HostReports(this.#needs, parts));
  }

  #sendAgain(self: Self<HostInfo>): HostSent {
    const row = this.#record.row();
    if (row !== undefined) return this.#delivering().again(textOf(row.group));
    this.#awaitStranger(self);
    return { sent: [], why: 'the host is gone' };
  }

  /** Hostkeys that nobody registered may be any number: their actors go when they fall silent. */
  #awaitStranger(self: Self<HostInfo>): void {
    if (this.#idleTimer !== undefined) self.cancel(this.#idleTimer);
    this.#idleTimer = self.sendAfter(STRANGER_MS, { tag: 'idle' });
  }

  async #removed(self: Self<HostInfo>): Promise<void> {
    const { world, drift, refused, hostRoom } = this.#needs;
    const { hostkey } = this.#record;
    // Another row may have the hostkey, or have it again.
    if (world.hostByKey(hostkey) !== undefined) return this.#deadlines.arm(self);
    drift.forget(hostkey);
    refused.clear(hostkey);
    hostRoom.showAlarm();
    for (const table of ['host_report', 'host_history'] as const)
      await storePatiently(self, this.#needs, [{ op: 'remove', table, id: hostkey }], 'system');
    self.stop('normal');
  }
}
