import { OutageNews } from '../log/outage-news.js';
import type { Metrics } from '../metrics/create-metrics.js';
import type { Alert, AlertClock, AlertConfig, AlertLog, Letter } from './alert.js';
import { composeDigest, composeLetter } from './compose-letter.js';
import { DeadMailBox } from './dead-mail.js';
import type { DeadMail } from './dead-mail.js';
import { DigestWindow } from './digest-window.js';
import { buildMail, smtpRelay } from './smtp-relay.js';
import type { Mail, SendMail } from './smtp-relay.js';

/** How the mailer is doing, for `/readyz` and the tree. */
export interface MailerState {
  /** `off`: no relay, sender or recipients are configured; alerts are only logged. */
  readonly relay: 'off' | 'up' | 'away';
  /** Why it is away. */
  readonly reason?: string;
  readonly waiting: number;
  /** Alerts gathered for the next digest. */
  readonly gathered: number;
  readonly sent: number;
  readonly dead: number;
}

/** Sends alerts, in its own time. */
export interface Mailer {
  /** Takes an alert; never waits, never throws. */
  enqueue(alert: Alert): void;
  state(): MailerState;
  /** Mails that were given up, oldest first. */
  deadLetters(): readonly DeadMail[];
  /**
   * Stops: waits `graceMs` (default 2000) for the try under way, and keeps what is left as dead letters.
   * Resolves with how many mails that were.
   */
  stop(graceMs?: number): Promise<number>;
}

export interface MailerDeps<Timer = unknown> {
  readonly log: AlertLog;
  readonly metrics: Metrics;
  readonly clock: AlertClock<Timer>;
  /** File of dead letters; none: only in memory. */
  readonly deadLetterFile?: string;
  /** In place of the real relay. */
  readonly send?: SendMail;
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
}

interface Waiting {
  readonly letter: Letter;
  mail: Mail | undefined;
  tries: number;
  dueAt: number;
}

/** Makes a mailer. With no relay, sender or recipient configured it only logs. */
export function createMailer<Timer>(config: AlertConfig, deps: MailerDeps<Timer>): Mailer {
  const { smtp_relay, smtp_from, smtp_to } = config;
  if (smtp_relay === undefined || smtp_from === undefined || smtp_to.length === 0)
    return loggingMailer(config, deps.log);
  return new SendingMailer(
    config,
    { from: smtp_from, to: smtp_to },
    deps.send ?? smtpRelay({ ...config, smtp_relay }),
    deps,
  );
}

function loggingMailer(config: AlertConfig, log: AlertLog): Mailer {
  return {
    enqueue: (alert) =>
      log.info({ subject: composeLetter(alert, config).subject }, 'an alert, not mailed: mail is not configured'),
    state: () => ({ relay: 'off', waiting: 0, gathered: 0, sent: 0, dead: 0 }),
    deadLetters: () => [],
    stop: async () => 0,
  };
}

class SendingMailer<Timer> implements Mailer {
  readonly #config: AlertConfig;
  readonly #addresses: { readonly from: string; readonly to: readonly string[] };
  readonly #send: SendMail;
  readonly #deps: MailerDeps<Timer>;
  readonly #window: DigestWindow;
  readonly #dead: DeadMailBox;
  #queue: Waiting[] = [];
  #windowTimer: Timer | undefined;
  #sendTimer: Timer | undefined;
  #underWay: Promise<void> | undefined;
  #away: { readonly reason: string; readonly until: number; readonly failures: number } | undefined;
  #sent = 0;
  #stopped = false;
  readonly #news: OutageNews;

  constructor(
    config: AlertConfig,
    addresses: { readonly from: string; readonly to: readonly string[] },
    send: SendMail,
    deps: MailerDeps<Timer>,
  ) {
    const { digest_window_seconds, digest_after, queue_max, dead_letters_max } = config.alerts;
    this.#config = config;
    this.#addresses = addresses;
    this.#send = send;
    this.#deps = deps;
    this.#news = new OutageNews(() => deps.clock.monotonic());
    this.#window = new DigestWindow({ lengthMs: digest_window_seconds * 1000, after: digest_after, max: queue_max });
    this.#dead = new DeadMailBox({ max: dead_letters_max, path: deps.deadLetterFile, log: deps.log });
  }

  enqueue(alert: Alert): void {
    const { clock } = this.#deps;
    const fate = this.#window.take(alert, clock.monotonic());
    this.#windowTimer ??= this.#armWindow();
    if (fate === 'single') this.#post(composeLetter(alert, this.#config));
  }

  state(): MailerState {
    return {
      relay: this.#away === undefined ? 'up' : 'away',
      ...(this.#away === undefined ? {} : { reason: this.#away.reason }),
      waiting: this.#queue.length,
      gathered: this.#window.size,
      sent: this.#sent,
      dead: this.#dead.mails.length,
    };
  }

  deadLetters(): readonly DeadMail[] {
    return this.#dead.mails;
  }

  async stop(graceMs = 2000): Promise<number> {
    const { clock } = this.#deps;
    this.#stopped = true;
    if (this.#windowTimer !== undefined) clock.clearTimer(this.#windowTimer);
    if (this.#sendTimer !== undefined) clock.clearTimer(this.#sendTimer);
    await this.#ended(graceMs);
    const gathered = this.#window.end(clock.monotonic());
    const left = this.#queue;
    this.#queue = [];
    for (const { letter, tries } of left)
      this.#bury(
        letter,
        this.#addresses.to,
        tries > 0 ? 'the server stopped; it may have gone out' : 'the server stopped',
        tries,
      );
    if (gathered !== undefined) {
      const digest = composeDigest(gathered.alerts, gathered.unnamed, this.#config.alerts.digest_window_seconds);
      this.#bury(digest, this.#addresses.to, 'the server stopped', 0);
    }
    await this.#dead.flush();
    return left.length + (gathered === undefined ? 0 : 1);
  }

  /** Resolves when no try is under way any more, or after `ms`. */
  async #ended(ms: number): Promise<void> {
    const { clock } = this.#deps;
    if (this.#underWay === undefined) return;
    let timer: Timer | undefined;
    const late = new Promise<void>((resolve) => (timer = clock.setTimer(ms, resolve)));
    await Promise.race([this.#underWay, late]);
    if (timer !== undefined) clock.clearTimer(timer);
  }

  #armWindow(): Timer {
    const { clock } = this.#deps;
    const wait = Math.max(0, (this.#window.endsAt ?? clock.monotonic()) - clock.monotonic());
    return clock.setTimer(wait, () => {
      const gathered = this.#window.end(clock.monotonic());
      this.#windowTimer = this.#window.endsAt === undefined ? undefined : this.#armWindow();
      if (gathered === undefined) return;
      this.#post(composeDigest(gathered.alerts, gathered.unnamed, this.#config.alerts.digest_window_seconds));
    });
  }

  #post(letter: Letter): void {
    if (this.#stopped || this.#queue.length >= this.#config.alerts.queue_max) {
      const reason = this.#stopped ? 'the server stopped' : 'too many mails were waiting (alerts.queue_max)';
      return this.#bury(letter, this.#addresses.to, reason, 0);
    }
    this.#queue.push({ letter, mail: undefined, tries: 0, dueAt: this.#deps.clock.monotonic() });
    this.#gauges();
    this.#pump();
  }

  /** Starts the next try when it is due, or a timer for when it will be. One try at a time. */
  #pump(): void {
    const { clock } = this.#deps;
    if (this.#underWay !== undefined || this.#stopped) return;
    if (this.#sendTimer !== undefined) clock.clearTimer(this.#sendTimer);
    this.#sendTimer = undefined;
    const next = this.#queue.reduce<Waiting | undefined>(
      (a, b) => (a === undefined || b.dueAt < a.dueAt ? b : a),
      undefined,
    );
    if (next === undefined) return;
    const wait = Math.max(next.dueAt, this.#away?.until ?? 0) - clock.monotonic();
    if (wait > 0) {
      this.#sendTimer = clock.setTimer(wait, () => this.#pump());
      return;
    }
    this.#underWay = this.#try(next).finally(() => {
      this.#underWay = undefined;
      this.#gauges();
      this.#pump();
    });
  }

  async #try(waiting: Waiting): Promise<void> {
    const { clock, metrics, log } = this.#deps;
    const { letter } = waiting;
    waiting.tries += 1;
    let sending;
    try {
      waiting.mail ??= await buildMail(letter, this.#addresses.from, this.#addresses.to, clock.now());
      sending = await this.#send(waiting.mail);
    } catch (error) {
      // Not the relay's doing: a mail that cannot even be written will not be writable later.
      sending = { result: 'never', reason: String(error) } as const;
    }
    // Stopped meanwhile: it is a dead letter already.
    if (!this.#queue.includes(waiting)) return;
    if (sending.result !== 'later') this.#queue = this.#queue.filter((other) => other !== waiting);
    switch (sending.result) {
      case 'sent':
        if (this.#away !== undefined) log.info({}, 'the mail relay answers again');
        this.#away = undefined;
        this.#news.over();
        this.#sent += 1;
        for (const [kind, count] of letter.carries) metrics.count('alert', kind, count);
        if (sending.refused.length > 0)
          this.#bury(letter, sending.refused, 'the relay refused these recipients', waiting.tries);
        return;
      case 'never':
        metrics.count('dog_trainer_mail_failures_total');
        return this.#bury(letter, this.#addresses.to, sending.reason, waiting.tries);
      case 'later':
        metrics.count('dog_trainer_mail_failures_total');
        return this.#postpone(waiting, sending);
    }
  }

  #postpone(waiting: Waiting, { away, reason }: { readonly away: boolean; readonly reason: string }): void {
    const { clock, log } = this.#deps;
    const { retry_limit } = this.#config.alerts;
    if (away) {
      const failures = (this.#away?.failures ?? 0) + 1;
      if (this.#news.worthSaying(reason)) log.warn({ reason }, 'the mail relay is away; alerts wait');
      this.#away = { reason, failures, until: clock.monotonic() + this.#backoffMs(failures) };
    } else {
      waiting.dueAt = clock.monotonic() + this.#backoffMs(waiting.tries);
    }
    if (waiting.tries <= retry_limit) return;
    this.#queue = this.#queue.filter((other) => other !== waiting);
    this.#bury(waiting.letter, this.#addresses.to, reason, waiting.tries);
  }

  /** Doubles from the shortest wait to the longest, less up to a fifth at random, so that servers do not march in step. */
  #backoffMs(failures: number): number {
    const { retry_min_seconds, retry_max_seconds } = this.#config.alerts;
    const wait = Math.min(retry_max_seconds, retry_min_seconds * 2 ** Math.min(failures - 1, 30)) * 1000;
    return wait * (1 - 0.2 * (this.#deps.random ?? Math.random)());
  }

  #bury({ subject, carries }: Letter, to: readonly string[], reason: string, tries: number): void {
    this.#dead.add({ at: this.#deps.clock.now(), subject, to, reason, tries, carries: Object.fromEntries(carries) });
    this.#gauges();
  }

  #gauges(): void {
    const { metrics } = this.#deps;
    metrics.gauge('dog_trainer_mail_waiting', this.#queue.length);
    metrics.gauge('dog_trainer_mail_dead_letters', this.#dead.mails.length);
    metrics.gauge('dog_trainer_outage', 'smtp', this.#away === undefined ? 0 : 1);
  }
}
