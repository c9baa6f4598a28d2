/** One message of a stream of server-sent events. */
export interface SentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A client that reads server-sent events. */
export interface EventClient {
  readonly status: number;
  readonly headers: Headers;
  /** All that came so far, comments included. */
  readonly text: () => string;
  /** The next message that is not a comment; undefined: the stream has ended. */
  next(): Promise<SentEvent | undefined>;
  /** Reads on until a comment comes. */
  comment(): Promise<string>;
  close(): void;
}

export async function listenTo(url: string, headers: Record<string, string> = {}): Promise<EventClient> {
  const abort = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let all = '';
  let place = 0;
  const block = async (): Promise<string | undefined> => {
    for (;;) {
      const end = all.indexOf('\n\n', place);
      if (end >= 0) {
        const found = all.slice(place, end);
        place = end + 2;
        return found;
      }
      const chunk = (await reader?.read()) as { readonly value?: Uint8Array } | undefined;
      if (chunk?.value === undefined) return undefined;
      all += decoder.decode(chunk.value, { stream: true });
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    text: () => all,
    async next() {
      for (let found = await block(); found !== undefined; found = await block()) {
        const fields = Object.fromEntries(
          found.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
        );
        const { id = '', event, data } = fields;
        if (event !== undefined && data !== undefined)
          return { id, event, data: JSON.parse(data) as Record<string, unknown> };
      }
      return undefined;
    },
    async comment() {
      for (let found = await block(); found !== undefined; found = await block())
        if (found.startsWith(':')) return found;
      throw new Error('the stream has ended without a comment');
    },
    close: () => abort.abort(),
  };
}
