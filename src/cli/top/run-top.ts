import { emitKeypressEvents, type Key } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliIo } from '../cli-io.js';
import { CLEAR_BELOW, CLEAR_LINE, ENTER, HOME, LEAVE } from '../terminal-codes.js';
import type { Api } from '../remote/api-client.js';
import { eventLine } from '../remote/events.js';
import { FROM_THE_FIRST, readEvents } from '../remote/read-events.js';
import { Looker } from './look.js';
import { screen, type Seen } from './screen.js';
import { FIRST, pressed, type TopState } from './top-state.js';

/** Most events kept, and how soon a lost stream of them is opened again. */
const MOST_EVENTS = 500;
const AGAIN_MS = 5000;

/** Shows the server until `q` or Ctrl-C. `delayMs`: between the end of one look and the next. */
export async function runTop(api: Api, io: CliIo, first: Partial<TopState>, delayMs: number): Promise<void> {
  const { stdin, stdout } = process;
  const looker = new Looker(api);
  const ending = new AbortController();
  let state: TopState = { ...FIRST, ...first };
  let seen: Seen = { url: api.url, look: undefined, trouble: undefined, events: [] };
  let wake: () => void = () => undefined;
  const draw = (): void => {
    const size = { columns: stdout.columns, rows: stdout.rows };
    const lines = screen(seen, state, size, io);
    stdout.write(`${HOME}${lines.map((line) => line + CLEAR_LINE).join('\r\n')}${CLEAR_BELOW}`);
  };
  const onKey = (text: string | undefined, key: Key): void => {
    const name = key.ctrl === true && key.name === 'c' ? 'ctrl-c' : nameOf(text, key);
    const before = state;
    state = pressed(state, name, Math.max(1, stdout.rows - 6));
    if (state.over) ending.abort();
    // Another view needs another look, at once.
    if (state.view !== before.view || (before.typing && !state.typing)) wake();
    draw();
  };
  const end = (): void => ending.abort();
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', onKey).resume();
  stdout.on('resize', draw).write(ENTER);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const note = (line: string): void => {
    seen = { ...seen, events: [...seen.events, line].slice(-MOST_EVENTS) };
  };
  void follow(api, ending.signal, note);
  try {
    draw();
    while (!ending.signal.aborted) {
      if (!state.held) {
        try {
          seen = { ...seen, look: await looker.look(state), trouble: undefined };
        } catch (error) {
          seen = { ...seen, trouble: error instanceof Error ? error.message : String(error) };
        }
        draw();
      }
      const early = new AbortController();
      wake = () => early.abort();
      await sleep(delayMs, undefined, { signal: AbortSignal.any([ending.signal, early.signal]) }).catch(
        () => undefined,
      );
    }
  } finally {
    stdin.off('keypress', onKey).pause();
    stdin.setRawMode(false);
    stdout.off('resize', draw).write(LEAVE);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end);
  }
}

function nameOf(text: string | undefined, { name, shift }: Key): string {
  if (name !== undefined && name.length > 1) return name;
  if (text !== undefined && text.length > 0) return text;
  return shift === true ? (name ?? '').toUpperCase() : (name ?? '');
}

/** Keeps the events; a server that has none to tell, or is away, is asked again. */
async function follow(api: Api, signal: AbortSignal, note: (line: string) => void): Promise<void> {
  let last = FROM_THE_FIRST;
  while (!signal.aborted) {
    try {
      for await (const message of readEvents(api, `/api/V2/events?last_event_id=${encodeURIComponent(last)}`, signal)) {
        last = message.id === '' ? last : message.id;
        note(eventLine(message).trimEnd());
      }
    } catch (error) {
      const line = `no events: ${error instanceof Error ? error.message : String(error)}`;
      note(line);
    }
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}
