import { useEffect, useState } from 'preact/hooks';
import type { SysEvent } from '../../../otp/index.js';
import { EventLines, type Told } from '../../live/event-lines.js';
import { token } from '../../session/token.js';

/** What is told of a trace, with a number of its own. */
export interface TraceLine {
  readonly key: number;
  /** Epoch milliseconds; undefined: of something that did not happen to the actor. */
  readonly at: number | undefined;
  /** undefined: so many went by untold. */
  readonly event: Omit<SysEvent, 'at'> | undefined;
  readonly dropped: number;
}

export interface Trace {
  readonly on: boolean;
  /** Why it is over, when nobody stopped it. */
  readonly why: string | undefined;
  /** The newest first, `MOST_LINES` at most. */
  readonly lines: readonly TraceLine[];
  readonly start: () => void;
  readonly stop: () => void;
}

export const MOST_LINES = 300;

/** Follows what an actor handles (docs/http-api.md#actors), from `start` to `stop` or until the component goes. */
export function useTrace(path: string): Trace {
  const [on, setOn] = useState(false);
  const [why, setWhy] = useState<string | undefined>(undefined);
  const [lines, setLines] = useState<readonly TraceLine[]>([]);
  useEffect(() => {
    if (!on) return undefined;
    const stop = new AbortController();
    let key = 0;
    void follow(path, stop.signal, (told) => {
      const more = told.map((one) => lineOf(one, ++key)).reverse();
      setLines((before) => [...more, ...before].slice(0, MOST_LINES));
    }).then((over) => {
      if (stop.signal.aborted) return;
      setWhy(over);
      setOn(false);
    });
    return () => stop.abort();
  }, [on, path]);
  return {
    on,
    why,
    lines,
    start: () => {
      setLines([]);
      setWhy(undefined);
      setOn(true);
    },
    stop: () => setOn(false),
  };
}

/** Reads the stream; gives why it is over. */
async function follow(path: string, signal: AbortSignal, tell: (told: readonly Told[]) => void): Promise<string> {
  try {
    const response = await fetch(`/api/V2/actors/${encodeURIComponent(path)}/trace`, {
      headers: {
        accept: 'text/event-stream',
        ...(token.value === null ? {} : { authorization: `Bearer ${token.value}` }),
      },
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
    if (!response.ok || response.body === null) return await refusalOf(response);
    const lines = new EventLines();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let over = 'The server ended the trace.';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return over;
      const told = lines.take(value);
      const end = told.find(({ kind }) => kind === 'end');
      if (end !== undefined) over = `It is over: ${String(end.data['reason'])}.`;
      tell(told.filter(({ kind }) => kind !== 'end'));
    }
  } catch {
    return 'The connection broke.';
  }
}

async function refusalOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { readonly error?: unknown };
  return typeof body.error === 'string' ? body.error : `The server answers ${response.status}.`;
}

function lineOf({ kind, data }: Told, key: number): TraceLine {
  const dropped = kind === 'lost' ? data['lost'] : kind === 'dropped' ? data['dropped'] : undefined;
  if (kind === 'lost' || kind === 'dropped')
    return { key, at: undefined, event: undefined, dropped: typeof dropped === 'number' ? dropped : 0 };
  const { at_ms: at, ...rest } = data as unknown as { readonly at_ms: number } & Omit<SysEvent, 'at' | 'what'>;
  return { key, at, event: { ...rest, what: kind as SysEvent['what'] }, dropped: 0 };
}
