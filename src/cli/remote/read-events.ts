import type { Api } from './api-client.js';

/** A message of a stream of server-sent events; `event` may be `lost` or `end` beside the kinds of the API. */
export interface StreamMessage {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An id that no server has given: the stream begins with all events that are kept. */
export const FROM_THE_FIRST = '000000000000-0';

/** How long the events of the past may take to arrive, in milliseconds. */
export const PAST_MS = 1000;

/** More of one message than any server sends: something else talks there. */
const MOST_CHARACTERS = 1_000_000;

/** The messages of a stream until it ends or `signal`. Rejects with `CommandFailure` when it cannot be opened. */
export async function* readEvents(api: Api, path: string, signal: AbortSignal): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let text = '';
  const body = await api.open(path, signal);
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      if (text.length > MOST_CHARACTERS) throw new Error('a message of the stream has no end');
      for (const block of blocks) {
        const message = messageOf(block);
        // That of an unknown id nobody has missed.
        const asked = message?.event === 'lost' && message.data['lost'] === null && path.includes(FROM_THE_FIRST);
        if (message !== undefined && !asked) yield message;
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Undefined: a comment, or only how soon to ask again. */
function messageOf(block: string): StreamMessage | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const [event, data] = [fields.get('event'), fields.get('data')];
  if (event === undefined || data === undefined) return undefined;
  const value: unknown = JSON.parse(data);
  if (typeof value !== 'object' || value === null) return undefined;
  return { id: fields.get('id') ?? '', event, data: value as StreamMessage['data'] };
}
