import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure, type CliIo, type TerminalSize } from './cli-io.js';
import { CLEAR_BELOW, CLEAR_LINE, ENTER, HOME, LEAVE } from './terminal-codes.js';

/** What a look made, or why the newest one failed. */
interface Seen {
  readonly text: string;
  /** Epoch milliseconds of `text`. */
  readonly at: number;
  readonly trouble: string | undefined;
}

/**
 * Shows what `look` makes, again and again until Ctrl-C: on a terminal in place, on a screen of its own that leaves the
 * one before as it was; else one text after another. A look that fails is told and tried again, but for the first.
 * `redraw`: whether a terminal may be drawn upon. Rejects with the CommandFailure of the first look.
 */
export async function watchText(
  look: (signal: AbortSignal) => Promise<string>,
  io: CliIo,
  { seconds, redraw }: { readonly seconds: number; readonly redraw: boolean },
): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  io.readerGone?.addEventListener('abort', end, { once: true });
  const { terminal } = io;
  let seen: Seen | undefined;
  try {
    while (!ending.signal.aborted) {
      const before: Seen | undefined = seen;
      seen = await next(look, before, ending.signal);
      if (seen === undefined) break;
      if (terminal !== undefined && redraw) {
        if (before === undefined) io.out(ENTER);
        io.out(drawn(seen, terminal));
      } else if (seen.trouble === undefined) io.out(seen.text);
      else if (seen.trouble !== before?.trouble) io.err(`dog-trainer: ${seen.trouble}; asking again\n`);
      await sleep(seconds * 1000, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  } finally {
    if (terminal !== undefined && redraw && seen !== undefined) io.out(LEAVE);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, end);
  }
}

/** As before but with the trouble, where the look fails; as before where it was broken off. */
async function next(
  look: (signal: AbortSignal) => Promise<string>,
  before: Seen | undefined,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  try {
    return { text: await look(signal), at: Date.now(), trouble: undefined };
  } catch (error) {
    if (signal.aborted) return before;
    if (before === undefined || !(error instanceof CommandFailure)) throw error;
    return { ...before, trouble: error.message };
  }
}

/** The whole screen: what does not fit is counted in its last line. */
function drawn({ text, at, trouble }: Seen, { columns, rows }: TerminalSize): string {
  const head = trouble === undefined ? [] : [`not seen since ${new Date(at).toISOString()}: ${trouble}`, ''];
  const lines = [...head, ...text.replace(/\n$/, '').split('\n')];
  const fitting =
    lines.length <= rows
      ? lines
      : [...lines.slice(0, rows - 1), `${lines.length - rows + 1} more lines: --path and --limit show a part`];
  const cut = fitting.map((line) => [...line].slice(0, columns).join('') + CLEAR_LINE);
  return `${HOME}${cut.join('\r\n')}${CLEAR_BELOW}`;
}
