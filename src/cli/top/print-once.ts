import type { CliIo } from '../cli-io.js';
import type { Api } from '../remote/api-client.js';
import { Looker } from './look.js';
import { screen } from './screen.js';
import { eventLine } from '../remote/events.js';
import { FROM_THE_FIRST, PAST_MS, readEvents, type StreamMessage } from '../remote/read-events.js';
import { FIRST, type View } from './top-state.js';

interface PastEvents {
  readonly events: readonly StreamMessage[];
  readonly trouble: string | undefined;
}

const NO_EVENTS: PastEvents = { events: [], trouble: undefined };
const PICTURE = { columns: 80, rows: 24 };

/** One picture of a view, or with `json` what it is drawn from. */
export async function printOnce(
  api: Api,
  io: CliIo,
  { view, json }: { readonly view: View; readonly json?: true },
): Promise<void> {
  const look = await new Looker(api).look({ view, filter: '' });
  const { events, trouble } = view === 'events' || view === 'now' ? await pastEvents(api) : NO_EVENTS;
  if (json === true) {
    const told = events.map(({ event, data }) => ({ kind: event, ...data }));
    io.out(`${JSON.stringify({ ...look, events: told })}\n`);
    return;
  }
  const texts = events.map((event) => eventLine(event).trimEnd());
  const seen = { url: api.url, look, trouble: undefined, events: texts, eventTrouble: trouble };
  const lines = screen(seen, { ...FIRST, view }, io.terminal ?? PICTURE, io);
  io.out(lines.map((line) => `${line}\n`).join(''));
}

/** What the server still knows, oldest first; the rest of the picture does without. */
async function pastEvents(api: Api): Promise<PastEvents> {
  const events: StreamMessage[] = [];
  const path = `/api/V2/events?last_event_id=${FROM_THE_FIRST}`;
  try {
    for await (const event of readEvents(api, path, AbortSignal.timeout(PAST_MS))) events.push(event);
    return { events, trouble: undefined };
  } catch (error) {
    return { events, trouble: `no events: ${error instanceof Error ? error.message : String(error)}` };
  }
}
