import { setTimeout as sleep } from 'node:timers/promises';
import type { CliIo } from '../cli-io.js';
import type { Api } from '../remote/api-client.js';
import { eventLine } from '../remote/events.js';
import { FROM_THE_FIRST, readEvents } from '../remote/read-events.js';
import { Looker } from './look.js';
import { bodyRoom, lastTop, screen, type Seen } from './screen.js';
import { FIRST, pressed, type TopState } from './top-state.js';
import { WholeTerminal } from './whole-terminal.js';

/** Most events kept, and how soon a lost stream of them is opened again. */
const MOST_EVENTS = 500;
const AGAIN_MS = 5000;

/** Shows the server until `q` or Ctrl-C. `delayMs`: between the end of one look and the next. */
export async function runTop(api: Api, io: CliIo, first: Partial<TopState>, delayMs: number): Promise<void> {
  const looker = new Looker(api);
  const ending = new AbortController();
  const { signal } = ending;
  let failure: Error | undefined;
  let state: TopState = { ...FIRST, ...first };
  let seen: Seen = { url: api.url, look: undefined, trouble: undefined, events: [], eventTrouble: undefined };
  let wake: () => void = () => undefined;
  const draw = (): void => {
    // Nobody moves further than to the last row.
    state = { ...state, top: Math.min(state.top, lastTop(seen, state, terminal.size, io)) };
    terminal.draw(screen(seen, state, terminal.size, io));
  };
  const terminal = new WholeTerminal({
    onKey: (name) => {
      const before = state;
      state = pressed(state, name, bodyRoom(terminal.size));
      if (state.over) ending.abort();
      // Another view, or what was typed, needs another look, at once.
      if (state.view !== before.view || sought(state) !== sought(before) || (before.held && !state.held)) wake();
      draw();
    },
    onResize: () => draw(),
    onEnd: (thrown) => {
      failure ??= thrown;
      ending.abort();
    },
  });
  void follow(api, signal, (change) => {
    seen = {
      ...seen,
      ...('event' in change
        ? { events: [...seen.events, change.event].slice(-MOST_EVENTS), eventTrouble: undefined }
        : { eventTrouble: change.trouble }),
    };
  });
  try {
    draw();
    while (!signal.aborted) {
      const asked = { view: state.view, filter: sought(state) };
      if (!state.held || seen.look?.view !== asked.view || seen.look.filter !== asked.filter) {
        const change = await Promise.race([lookOf(looker, asked), aborted(signal)]);
        if (change === undefined) break;
        seen = { ...seen, ...change };
        draw();
      }
      // Somebody has gone on to another view meanwhile.
      if (state.view !== asked.view || sought(state) !== asked.filter) continue;
      const early = new AbortController();
      wake = () => early.abort();
      await sleep(delayMs, undefined, { signal: AbortSignal.any([signal, early.signal]) }).catch(() => undefined);
    }
  } finally {
    terminal.leave();
  }
  if (failure !== undefined) throw failure;
}

/** The filter, when it has been typed. */
function sought({ typing, filter }: TopState): string {
  return typing ? '' : filter;
}

async function lookOf(
  looker: Looker,
  asked: Pick<TopState, 'view' | 'filter'>,
): Promise<Partial<Pick<Seen, 'look' | 'trouble'>>> {
  try {
    return { look: await looker.look(asked), trouble: undefined };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** Keeps the events; a server that has none to tell, or is away, is asked again. */
async function follow(
  api: Api,
  signal: AbortSignal,
  note: (change: { readonly event: string } | { readonly trouble: string }) => void,
): Promise<void> {
  let last = FROM_THE_FIRST;
  while (!signal.aborted) {
    try {
      for await (const message of readEvents(api, `/api/V2/events?last_event_id=${encodeURIComponent(last)}`, signal)) {
        last = message.id === '' ? last : message.id;
        note({ event: eventLine(message).trimEnd() });
      }
    } catch (error) {
      note({ trouble: `no events: ${error instanceof Error ? error.message : String(error)}` });
    }
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}
