import type { Log } from '../../log/log.js';
import type { AlertChannel, ChannelKind } from '../../alerts/alert-channel.js';
import { attempt, type Outcome } from '../../alerts/attempt.js';
import type { ChannelFigures } from '../../alerts/channel-figures.js';
import type { DeadLetterBox } from '../../alerts/dead-letter-box.js';
import { DigestWindow } from '../../alerts/digest-window.js';
import { digestNotice, singleNotice, type Notice } from '../../alerts/notice.js';
import { OutageNews } from '../../log/outage-news.js';
import { backoffMs, type Clock, type DetailObject, type Self, type GenServer, type TimerRef } from '../../otp/index.js';
import type { AlertsCast } from './alert-messages.js';

/** So long the try under way may still take when this actor ends, in milliseconds. */
const GRACE_MS = 2000;

/** What the actor of a channel needs. */
export interface AlertChannelNeeds {
  readonly channel: AlertChannel;
  /** How its receiver and its letters are called. */
  readonly words: Pick<ChannelKind<never>, 'receiver' | 'letter'>;
  /** Who it delivers to, for dead letters. */
  readonly to: readonly string[];
  readonly limits: AlertLimits;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly figures: readonly ChannelFigures[];
  readonly deadLetters: DeadLetterBox;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

/** Bounds, as section `alerts` of the configuration has them. */
export interface AlertLimits {
  readonly digest_window_seconds: number;
  readonly digest_after: number;
  readonly retry_min_seconds: number;
  readonly retry_max_seconds: number;
  readonly retry_limit: number;
  readonly queue_max: number;
}

interface Waiting {
  readonly notice: Notice;
  tries: number;
  /** Monotonic milliseconds. */
  dueAt: number;
}

type Info =
  { readonly tag: 'window_over' } | { readonly tag: 'try_due' } | { readonly tag: 'tried'; readonly outcome: Outcome };

/**
 * Tells people over one channel, in its own time: many alerts at once become a digest, what fails is tried again, and
 * what is given up becomes a dead letter. A receiver that is away is a state of this actor, and holds up no other.
 */
export class AlertChannelActor implements GenServer<never, never, AlertsCast, Info> {
  readonly #needs: AlertChannelNeeds;
  readonly #window: DigestWindow;
  readonly #news: OutageNews;
  #queue: Waiting[] = [];
  #windowTimer: TimerRef | undefined;
  #tryTimer: TimerRef | undefined;
  #underWay: { readonly waiting: Waiting; readonly outcome: Promise<Outcome> } | undefined;
  #away: { readonly reason: string; readonly until: number; readonly failures: number } | undefined;
  #sent = 0;
  #ending = false;

  constructor(needs: AlertChannelNeeds) {
    const { digest_window_seconds, digest_after, queue_max } = needs.limits;
    this.#needs = needs;
    this.#window = new DigestWindow({ lengthMs: digest_window_seconds * 1000, after: digest_after, max: queue_max });
    this.#news = new OutageNews(() => needs.clock.monotonic());
  }

  init(self: Self<Info>): void {
    // Also when it is killed: what waits is kept as dead letters.
    self.signal.addEventListener('abort', () => void this.#drain(), { once: true });
  }

  handleCast(self: Self<Info>, { alert }: AlertsCast): void {
    const fate = this.#window.take(alert, this.#needs.clock.monotonic());
    this.#windowTimer ??= this.#armWindow(self);
    if (fate === 'single') this.#post(self, singleNotice(alert));
  }

  handleInfo(self: Self<Info>, message: Info): void {
    switch (message.tag) {
      case 'window_over':
        return this.#closeWindow(self);
      case 'try_due':
        return this.#next(self);
      case 'tried':
        this.#settle(message.outcome);
        this.#next(self);
    }
  }

  async terminate(): Promise<void> {
    await this.#drain();
  }

  describe(): DetailObject {
    const { words, deadLetters } = this.#needs;
    return {
      [words.receiver]: this.#away === undefined ? 'up' : 'away',
      ...(this.#away === undefined ? {} : { reason: this.#away.reason }),
      waiting: this.#queue.length,
      gathered: this.#window.size,
      sent: this.#sent,
      dead: deadLetters.letters.length,
    };
  }

  #armWindow(self: Self<Info>): TimerRef {
    const now = this.#needs.clock.monotonic();
    return self.sendAfter(Math.max(0, (this.#window.endsAt ?? now) - now), { tag: 'window_over' });
  }

  #closeWindow(self: Self<Info>): void {
    const { clock, limits } = this.#needs;
    const gathered = this.#window.end(clock.monotonic());
    this.#windowTimer = this.#window.endsAt === undefined ? undefined : this.#armWindow(self);
    if (gathered !== undefined) this.#post(self, digestNotice(gathered, limits.digest_window_seconds));
  }

  #post(self: Self<Info>, notice: Notice): void {
    const { clock, limits, words, to } = this.#needs;
    if (this.#queue.length >= limits.queue_max)
      return this.#bury(notice, { to, reason: `too many ${words.letter}s were waiting (alerts.queue_max)`, tries: 0 });
    this.#queue.push({ notice, tries: 0, dueAt: clock.monotonic() });
    this.#showFigures();
    this.#next(self);
  }

  /** Starts the next try when it is due, or a timer for when it will be. One try at a time. */
  #next(self: Self<Info>): void {
    const { clock, channel } = this.#needs;
    if (this.#underWay !== undefined) return;
    if (this.#tryTimer !== undefined) self.cancel(this.#tryTimer);
    this.#tryTimer = undefined;
    const waiting = this.#queue.reduce<Waiting | undefined>(
      (a, b) => (a === undefined || b.dueAt < a.dueAt ? b : a),
      undefined,
    );
    if (waiting === undefined) return;
    const wait = Math.max(waiting.dueAt, this.#away?.until ?? 0) - clock.monotonic();
    if (wait > 0) {
      this.#tryTimer = self.sendAfter(wait, { tag: 'try_due' });
      return;
    }
    waiting.tries += 1;
    const outcome = attempt(channel, waiting.notice);
    this.#underWay = { waiting, outcome };
    self.pipeToSelf(
      outcome,
      (ended) => ({ tag: 'tried', outcome: ended }),
      (error) => ({ tag: 'tried', outcome: { result: 'never', reason: String(error) } }),
    );
  }

  /** Carries out what the try under way has come to. */
  #settle(outcome: Outcome): void {
    const { figures, log, channel, words, to } = this.#needs;
    if (this.#underWay === undefined) return;
    const { waiting } = this.#underWay;
    const { notice, tries } = waiting;
    this.#underWay = undefined;
    if (outcome.result === 'later') {
      this.#postpone(waiting, outcome);
    } else {
      this.#queue = this.#queue.filter((other) => other !== waiting);
      if (outcome.result === 'never') {
        this.#bury(notice, { to, reason: outcome.reason, tries });
      } else {
        if (this.#away !== undefined) log.info({}, `the ${channel.name} ${words.receiver} answers again`);
        this.#away = undefined;
        this.#news.over();
        this.#sent += 1;
        for (const figure of figures) figure.delivered(notice);
        if (outcome.result === 'in_part') this.#bury(notice, { to: outcome.missed, reason: outcome.reason, tries });
      }
    }
    if (outcome.result === 'later' || outcome.result === 'never') for (const figure of figures) figure.failed();
    this.#showFigures();
  }

  #postpone(waiting: Waiting, { away, reason }: { readonly away: boolean; readonly reason: string }): void {
    const { clock, log, limits, channel, words, to } = this.#needs;
    const now = clock.monotonic();
    if (away) {
      const failures = (this.#away?.failures ?? 0) + 1;
      if (this.#news.worthSaying(reason))
        log.warn({ reason }, `the ${channel.name} ${words.receiver} is away; alerts wait`);
      this.#away = { reason, failures, until: now + this.#backoff(failures) };
    } else {
      waiting.dueAt = now + this.#backoff(waiting.tries);
    }
    if (waiting.tries <= limits.retry_limit) return;
    this.#queue = this.#queue.filter((other) => other !== waiting);
    this.#bury(waiting.notice, { to, reason, tries: waiting.tries });
  }

  #backoff(failures: number): number {
    const { limits, random } = this.#needs;
    const range = { baseMs: limits.retry_min_seconds * 1000, maxMs: limits.retry_max_seconds * 1000 };
    return backoffMs(range, failures, random());
  }

  #bury(
    { headline, carries }: Notice,
    end: { readonly to: readonly string[]; readonly reason: string; readonly tries: number },
  ): void {
    const { clock, log, words, deadLetters } = this.#needs;
    const { to, reason, tries } = end;
    deadLetters.add({
      at: clock.now(),
      subject: headline,
      to,
      reason,
      tries,
      carries: Object.fromEntries(carries),
    });
    log.warn({ subject: headline, to, tries, reason }, `a ${words.letter} was given up`);
    this.#showFigures();
  }

  /** Waits a little for the try under way, and keeps what is left as dead letters. */
  async #drain(): Promise<void> {
    const { clock, log, limits, words, to, deadLetters } = this.#needs;
    if (this.#ending) return;
    this.#ending = true;
    const underWay = this.#underWay;
    if (underWay !== undefined) {
      const outcome = await before(clock, underWay.outcome, GRACE_MS);
      if (outcome !== undefined) this.#settle(outcome);
    }
    const left = this.#queue;
    this.#queue = [];
    for (const { notice, tries } of left) {
      const reason = tries > 0 ? 'the server stopped; it may have gone out' : 'the server stopped';
      this.#bury(notice, { to, reason, tries });
    }
    const gathered = this.#window.end(clock.monotonic());
    if (gathered !== undefined)
      this.#bury(digestNotice(gathered, limits.digest_window_seconds), { to, reason: 'the server stopped', tries: 0 });
    await deadLetters.flush();
    const count = left.length + (gathered === undefined ? 0 : 1);
    if (count > 0)
      log.warn({ [`${words.letter}s`]: count }, `${words.letter}s that were waiting are kept as dead letters`);
  }

  #showFigures(): void {
    const { figures, deadLetters } = this.#needs;
    for (const figure of figures)
      figure.standing({
        waiting: this.#queue.length,
        dead: deadLetters.letters.length,
        away: this.#away !== undefined,
      });
  }
}

/** The outcome, if it is there within `ms`. */
function before(clock: Clock, outcome: Promise<Outcome>, ms: number): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const late = clock.setTimer(ms, () => resolve(undefined));
    void outcome.then((ended) => {
      clock.clearTimer(late);
      resolve(ended);
    });
  });
}
