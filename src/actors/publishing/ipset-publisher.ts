import { createHash, randomUUID } from 'node:crypto';
import type { PolicyFault } from '../../firewall/policy/policy.js';
import type { Document } from '../../model/document.js';
import type { DetailObject, Message, Self, GenServer, TimerRef } from '../../otp/index.js';
import type { RenderedSets } from '../../world/set-book.js';
import type { ConnectionInfo } from '../broker/connection-messages.js';
import { nowSeconds, type ServerContext } from '../context.js';
import { loadKeptSets } from '../last-good/kept-sets.js';
import { keepLastGoodSets, loadLastGoodSets } from './last-good-sets.js';
import { allSets } from './publications.js';
import { IPTABLES_PUBLISHER, type IpsetCall, type IpsetCast, type IpsetReply } from './publisher-messages.js';
import { patiently, storePatiently } from '../store/store-patiently.js';
import { ASK_AGAIN_MS, SetTakeover } from './set-takeover.js';
import { refusedAlarm } from './refused-alarm.js';
import { refusedRetryMs } from './refused-retry.js';
import { newestSetHash } from '../hosts/wanted-hashes.js';
import { tell } from '../tell.js';

type IpsetInfo =
  | ConnectionInfo
  | { readonly tag: 'due' }
  | { readonly tag: 'confirmed'; readonly rendered: RenderedSets; readonly sha: string }
  | { readonly tag: 'refused'; readonly rendered: RenderedSets }
  /** Perhaps they are taken now. */
  | { readonly tag: 'again' }
  | { readonly tag: 'dropped'; readonly reason: string };

/** Which text all agents have, so that a restart need not send it again (table `setting`). */
const PUBLISHED = 'sets_published';

/** So many documents that can't be read are named at once; the others are counted. */
const FAULTS_TOLD = 50;

const NO_SETS: ReadonlySet<string> = new Set();

function timeOf({ timestamp }: Document): number {
  return typeof timestamp === 'number' ? timestamp : 0;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * Publishes all sets to all agents. What dirties them gathers in the mailbox: after a quiet time one text goes out, and
 * under a burst at most one an interval (docs/host-lifecycle.md#publishing). The text is compared, not the hash: an
 * empty new set changes no hash, but a rule may name it. The hash is recorded when the broker has confirmed.
 */
export class IpsetPublisher implements GenServer<IpsetCall, IpsetReply, IpsetCast, IpsetInfo> {
  readonly #context: ServerContext;
  /** Set at the start: whatever is dirty by then was never counted. */
  #dirty = true;
  /** Of the text that all agents have; `undefined` before this server has published any. */
  #confirmedSha: string | undefined = undefined;
  /** The sets as agents have them, by name; `undefined` until that is known. */
  #taken: ReadonlyMap<string, string> | undefined = undefined;
  #sentAt = -Infinity;
  /** When what the broker found too large is tried again. */
  #retry: TimerRef | undefined = undefined;
  /** The text is sent although it is the one that was sent last. */
  #again = false;
  /** Some set is published with its last good content, as far as the store knows. */
  #standingIn = false;
  #timer: TimerRef | undefined = undefined;
  #held: 'guard' | 'paused' | 'loading' | 'takeover' | undefined = undefined;
  /** Waits for hosts of another server to say which sets they have. */
  readonly #takeover: SetTakeover;

  constructor(context: ServerContext) {
    this.#context = context;
    this.#takeover = new SetTakeover(context);
  }

  async init(self: Self): Promise<void> {
    const { store, sets, confirmedSets } = this.#context;
    // A predecessor may have died before it heard of a confirm: what it sent counts as unsent.
    sets.published = undefined;
    const stored = await patiently(self, this.#context, () => store.get('setting', PUBLISHED));
    // The store may not have taken the note of the newest.
    if (confirmedSets.sha !== undefined) this.#confirmedSha = confirmedSets.sha;
    else if (typeof stored?.doc.text_sha256 === 'string') this.#confirmedSha = stored.doc.text_sha256;
    const lastGood = await patiently(self, this.#context, () => loadLastGoodSets(store));
    sets.remember(lastGood);
    sets.remember(await patiently(self, this.#context, () => loadKeptSets(store)));
    this.#standingIn = lastGood.size > 0;
    this.#context.link.subscribe(self);
    this.#schedule(self);
  }

  handleCast(self: Self, message: IpsetCast): void {
    if (message.tag === 'dirty') {
      for (const source of message.sources) this.#context.metrics.count('ipset_queue_add', source);
      this.#dirty = true;
    }
    this.#schedule(self);
  }

  async handleCall(self: Self, _request: IpsetCall): Promise<IpsetReply> {
    if (this.#dirty && this.#waitMs() <= this.#context.config.publish_quiet_ms) await this.#publish(self, true);
    const { published, untaken } = this.#context.sets;
    const unusable = published?.unusable ?? new Set();
    return {
      published: published?.names ?? new Set(),
      unusable: untaken.size === 0 ? unusable : new Set([...unusable, ...untaken]),
    };
  }

  /** Last words: what was confirmed should not have to be sent again. */
  async terminate(): Promise<void> {
    await this.#context.notes.settled();
  }

  async handleInfo(self: Self, message: IpsetInfo): Promise<void> {
    switch (message.tag) {
      case 'due':
        this.#timer = undefined;
        if (this.#dirty) await this.#publish(self);
        return;
      case 'refused':
        this.#context.sets.untaken = this.#changedSince(message.rendered);
        // Rulesets that name none of these go out.
        self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
        this.#endRetry(self);
        this.#retry = self.sendAfter(refusedRetryMs(this.#context), { tag: 'again' } satisfies IpsetInfo);
        return;
      case 'broker_down':
        return;
      case 'broker_up':
        // It may be another broker now, or have another limit.
        if (!this.#endRetry(self)) return;
        this.#again = true;
        this.#dirty = true;
        return this.#schedule(self);
      case 'again':
        this.#retry = undefined;
        this.#again = true;
        this.#dirty = true;
        return this.#schedule(self);
      case 'confirmed':
        this.#endRetry(self);
        this.#taken = message.rendered.blocks;
        this.#context.sets.untaken = NO_SETS;
        this.#confirmedSha = message.sha;
        this.#context.metrics.count('ipset_publish');
        return this.#record(self, message.rendered, message.sha);
      case 'dropped':
        // The outbox had no room for it: try again, with whatever is current then.
        this.#context.log.error({ reason: message.reason }, 'the sets were not sent');
        this.#context.sets.published = undefined;
        this.#dirty = true;
        this.#schedule(self);
    }
  }

  describe(): DetailObject {
    const { published } = this.#context.sets;
    return {
      dirty: this.#dirty,
      held: this.#held ?? null,
      sets: published?.names.size ?? 0,
      hash: published?.hash ?? null,
      problems: published?.problems.map(({ set, reason }) => ({ set, reason })) ?? [],
    };
  }

  /** Milliseconds until the next text may go out. */
  #waitMs(): number {
    const { config, system } = this.#context;
    const interval = config.ipset_periodic_publish_interval_seconds * 1000;
    return Math.max(config.publish_quiet_ms, this.#sentAt + interval - system.clock.monotonic());
  }

  /** Whether there was one. */
  #endRetry(self: Self): boolean {
    const retry = this.#retry;
    this.#retry = undefined;
    if (retry !== undefined) self.cancel(retry);
    return retry !== undefined;
  }

  #schedule(self: Self): void {
    if (!this.#dirty || this.#timer !== undefined) return;
    this.#timer = self.sendAfter(this.#waitMs(), { tag: 'due' } satisfies Message);
  }

  /** `asked`: rules wait for the sets. */
  async #publish(self: Self, asked = false): Promise<void> {
    const { world, sets, guard, gate, system, outbox } = this.#context;
    this.#held = !world.ready ? 'loading' : !guard.open ? 'guard' : gate.paused ? 'paused' : undefined;
    if (this.#held !== undefined) return;
    const rendered = sets.render();
    const takeover = this.#confirmedSha === undefined ? this.#takeover.decide(rendered, asked) : 'publish';
    if (takeover === 'wait') {
      this.#held = 'takeover';
      this.#timer ??= self.sendAfter(ASK_AGAIN_MS, { tag: 'due' } satisfies Message);
      return;
    }
    this.#dirty = false;
    const before = sets.published;
    sets.published = rendered;
    this.#report(rendered, before);
    // Before anything is sent: a crash must not find the only good content gone.
    await this.#keepStandIns(self, rendered);
    // A set that grew too large changes no text, as its last good content stands in.
    if (rendered.text === before?.text && !this.#again) return;
    this.#again = false;
    const sha = sha256(rendered.text);
    if (sha === this.#confirmedSha || takeover === 'adopt') {
      // All agents have it, from before a restart, or from the server that this one took over from, or an edit was undone.
      if (this.#endRetry(self)) this.#context.alarms.clear(refusedAlarm('sets'));
      this.#confirmedSha = sha;
      this.#taken = rendered.blocks;
      this.#context.sets.untaken = NO_SETS;
      return this.#record(self, rendered, sha);
    }
    this.#context.confirmedSets.takeover = 'over';
    this.#sentAt = system.clock.monotonic();
    const put = { target: 'sets', class: 'sets', publication: allSets(rendered, system.clock.now()) } as const;
    void outbox.put(put).outcome.then((outcome) => {
      switch (outcome.kind) {
        case 'refused':
          return outcome.taken === 'some'
            ? tell<IpsetInfo>(self, { tag: 'confirmed', rendered, sha })
            : tell<IpsetInfo>(self, { tag: 'refused', rendered });
        case 'confirmed':
          return tell<IpsetInfo>(self, { tag: 'confirmed', rendered, sha });
        case 'dropped':
          return tell<IpsetInfo>(self, { tag: 'dropped', reason: outcome.reason });
        case 'superseded':
          return false;
      }
    });
  }

  /** The sets that nobody has as they are in `rendered`. */
  #changedSince({ blocks }: RenderedSets): ReadonlySet<string> {
    const taken = this.#taken;
    if (taken !== undefined) return new Set([...blocks.keys()].filter((name) => blocks.get(name) !== taken.get(name)));
    // After a restart: what published rulesets name was there before them.
    const known = new Set(
      [...this.#context.outputs.values()].flatMap(({ publishedAt, ruleset }) =>
        publishedAt === null ? [] : ruleset.sets,
      ),
    );
    return new Set([...blocks.keys()].filter((name) => !known.has(name)));
  }

  async #keepStandIns(self: Self, { standIns }: RenderedSets): Promise<void> {
    if (standIns.size === 0 && !this.#standingIn) return;
    await storePatiently(self, this.#context, [keepLastGoodSets(standIns)], 'system');
    this.#standingIn = standIns.size > 0;
  }

  /**
   * The hash becomes what hosts are compared with; rows are added only when it changed
   * (docs/host-lifecycle.md#accepted-hashes-of-the-sets). Two notes: a table that refuses one of them keeps nobody from
   * the other.
   */
  #record(self: Self, rendered: RenderedSets, sha: string): void {
    const { world, config, confirmedSets, notes } = this.#context;
    const now = nowSeconds(this.#context);
    confirmedSets.sha = sha;
    const rows = confirmedSets.with(world.rows('ipset'));
    if (newestSetHash(rows) !== rendered.hash) {
      // Later than all others, also when the clock was set back: which one is the newest is told by the time alone.
      const timestamp = Math.max(now, ...rows.map((row) => timeOf(row) + 1));
      confirmedSets.add({ id: randomUUID(), hash: rendered.hash, timestamp });
    }
    notes.put('sets', {
      changes: () => [
        {
          op: 'upsert',
          table: 'setting',
          id: PUBLISHED,
          edit: (doc) =>
            doc?.text_sha256 === sha
              ? doc
              : { id: PUBLISHED, text_sha256: sha, hash: rendered.hash, published_at: now },
        },
      ],
    });
    const added = confirmedSets.unrecorded();
    if (added.length > 0) {
      const outdated = this.#outdated(rows, now - config.ipset_hash_valid_seconds);
      notes.put('set hashes', {
        changes: () => [
          ...added.map((row) => ({ op: 'upsert', table: 'ipset', id: row.id, edit: () => row }) as const),
          ...outdated.map((id) => ({ op: 'remove', table: 'ipset', id }) as const),
        ],
        ended: (written) => {
          if (written) confirmedSets.recorded(added);
        },
      });
    }
    self.cast(IPTABLES_PUBLISHER, { tag: 'resume' });
  }

  /** Rows beyond the number to keep whose time is also past the window, the one row that still counted then left out. */
  #outdated(rows: readonly Document[], before: number): readonly string[] {
    return [...rows]
      .sort((a, b) => timeOf(b) - timeOf(a))
      .slice(this.#context.config.ipset_number_to_keep - 1)
      .slice(1)
      .filter((row) => timeOf(row) < before)
      .map((row) => row.id);
  }

  /** What is new since the last time. */
  #report(rendered: RenderedSets, before: RenderedSets | undefined): void {
    const { log } = this.#context;
    const known = new Set(before?.problems.map(({ set, reason }) => `${set} ${reason}`));
    for (const { set, kind, reason } of rendered.problems)
      if (!known.has(`${set} ${reason}`)) log.warn({ set, kind }, reason);
    this.#reportFaults(rendered, before);
  }

  /** A host whose addresses can't be read is missing from every set: somebody must be told, once. */
  #reportFaults(rendered: RenderedSets, before: RenderedSets | undefined): void {
    const { log, world } = this.#context;
    const key = ({ table, id, reason }: PolicyFault): string => `${table} ${id} ${reason}`;
    const known = new Set(before?.faults.map(key));
    const fresh = rendered.faults.filter((fault) => !known.has(key(fault)));
    for (const { table, id, reason } of fresh.slice(0, FAULTS_TOLD))
      log.warn({ table, id, name: world.policy[table].get(id)?.name }, `not all of it is in the sets: ${reason}`);
    if (fresh.length > FAULTS_TOLD)
      log.warn({ more: fresh.length - FAULTS_TOLD }, 'further documents are not in the sets as a whole');
  }
}
