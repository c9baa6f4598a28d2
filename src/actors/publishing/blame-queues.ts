import { LRUCache } from 'lru-cache';
import { queuesFor, type ExchangeSurvey } from '../../broker/management/refusing-queues.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import type { Log } from '../../log/log.js';
import type { BlameQueues } from './note-refused.js';

/** Names of queues in one sentence, and characters of each: an alarm has room for so many. */
const MOST_NAMED = 5;
const LONGEST_NAME = 60;
/** Refusals come in flocks; an exchange is looked at once in so long, in milliseconds. */
const FRESH_MS = 10_000;
/** Exchanges remembered: the server publishes to six. */
const MOST_EXCHANGES = 16;

export interface BlameParts {
  readonly survey: (exchange: string) => Promise<ExchangeSurvey>;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Names the queues that refused a message. Queues are declared by agents: their names are escaped and cut. */
export function blameQueues({ survey, log, now }: BlameParts): BlameQueues {
  const known = new LRUCache<string, { readonly at: number; readonly survey: Promise<ExchangeSurvey> }>({
    max: MOST_EXCHANGES,
  });
  let failing: string | undefined;

  const surveyOf = (exchange: string): Promise<ExchangeSurvey> => {
    const last = known.get(exchange);
    if (last !== undefined && now() - last.at < FRESH_MS) return last.survey;
    const fresh = { at: now(), survey: survey(exchange) };
    known.set(exchange, fresh);
    return fresh.survey;
  };

  return async ({ exchange, routingKey }) => {
    let found: ExchangeSurvey;
    try {
      found = await surveyOf(exchange);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (failing !== why) log.warn({ exchange, reason: why }, 'it cannot be said which queues refuse messages');
      failing = why;
      return `Which queue it was cannot be said: ${why}.`;
    }
    failing = undefined;
    const queues = queuesFor(found, routingKey);
    const more = queues.length > MOST_NAMED ? ` and ${queues.length - MOST_NAMED} more` : '';
    const elsewhere =
      found.exchanges > 0 ? ` ${found.exchanges} bindings lead to other exchanges, which were not looked at.` : '';
    if (queues.length === 0) return `No queue bound there is known to refuse messages.${elsewhere}`;
    const named = queues.slice(0, MOST_NAMED).map(({ queue, why }) => `${shown(queue)} (${why})`);
    log.warn({ exchange, queues: named, more: queues.length - named.length }, 'queues that refuse messages');
    return `Queues that refuse messages: ${named.join('; ')}${more}.${elsewhere}`;
  };
}

function shown(name: string): string {
  const cut = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return escapeHidden(JSON.stringify(cut));
}
