import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeHidden } from '../../model/hidden-characters.js';
import { CommandFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { apiOf } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { FROM_THE_FIRST, PAST_MS, readEvents, type StreamMessage } from './read-events.js';
import { moment } from './table.js';

interface EventsFlags extends ApiFlags {
  readonly follow?: true;
  readonly kinds?: string;
  readonly actors?: true;
}

/** How soon a lost stream is opened again, in milliseconds. */
const AGAIN_MS = 3000;

/** `events [-f]`: what happens to hosts, groups, policy and server, one line each. */
export function addEvents(program: Command, io: CliIo): void {
  withApiFlags(program.command('events'))
    .description('print what happened lately; with -f go on with what happens')
    .option('-f, --follow', 'go on, also after the server was away, until Ctrl-C')
    .option('--kinds <kinds>', 'only these kinds, with commas between, such as drift_found,alarm_set')
    .option('--actors', 'what happens to supervisors and actors instead')
    .action(async (flags: EventsFlags) => {
      const api = await apiOf(flags, io);
      const ending = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
      io.readerGone?.addEventListener('abort', () => ending.abort(), { once: true });
      const base = flags.actors === true ? '/api/V2/actors/events' : '/api/V2/events';
      const kinds = flags.kinds === undefined ? {} : { kinds: flags.kinds };
      let last = FROM_THE_FIRST;
      const pass = async (signal: AbortSignal): Promise<void> => {
        const query = new URLSearchParams({ last_event_id: last, ...kinds });
        for await (const message of readEvents(api, `${base}?${query.toString()}`, signal)) {
          last = message.id === '' ? last : message.id;
          io.out(
            flags.json === true ? `${JSON.stringify({ kind: message.event, ...message.data })}\n` : eventLine(message),
          );
        }
      };
      if (flags.follow !== true) return pass(AbortSignal.any([ending.signal, AbortSignal.timeout(PAST_MS)]));
      for (let opened = false; !ending.signal.aborted; opened = true) {
        try {
          await pass(ending.signal);
        } catch (error) {
          if (!opened && error instanceof CommandFailure) throw error;
          io.err(`dog-trainer: ${error instanceof Error ? error.message : String(error)}; asking again\n`);
        }
        await sleep(AGAIN_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    });
}

/** One event: when, what, and its members. */
export function eventLine({ event, data }: StreamMessage): string {
  if (event === 'lost') {
    const missed = data['lost'];
    return `-  lost  events missed: ${typeof missed === 'number' ? missed : 'not known how many'}\n`;
  }
  const { at, kind: _kind, ...members } = data;
  const parts = Object.entries(members)
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${escapeHidden([moment(typeof at === 'number' ? at : null), event, ...parts].join('  '))}\n`;
}
