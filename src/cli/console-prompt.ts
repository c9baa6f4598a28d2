import { createInterface } from 'node:readline';
import type { Completion } from '../http/admin/console-completion.js';
import { escapeHidden } from '../model/hidden-characters.js';
import type { CliIo } from './cli-io.js';

/** The server behind the prompt. */
export interface Prompted {
  /** What is printed for a line. Rejects with what is told in its place; `signal`: nobody waits any longer. */
  readonly answer: (line: string, signal: AbortSignal) => Promise<string>;
  readonly complete: (line: string) => Promise<Completion>;
}

/**
 * Asks for lines and prints the answers, until `exit`, Ctrl-D or the end of the input. Ctrl-C gives up the answer that is
 * waited for, or the line that is typed.
 */
export async function consolePrompt({ answer, complete }: Prompted, io: CliIo): Promise<void> {
  const terminal = io.terminal !== undefined && process.stdin.isTTY;
  const prompt = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal,
    // Of lines from a file or a pipe only the answers are wanted.
    prompt: terminal ? 'dog> ' : '',
    completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
      complete(line).then(
        ({ candidates, word }) => done(null, [candidates.map(escapeHidden), word]),
        // A server that is not there is told of when the line is asked.
        () => done(null, [[], line]),
      );
    },
  });
  let asked: AbortController | undefined;
  prompt.on('SIGINT', () => {
    if (asked !== undefined) return asked.abort();
    if (prompt.line === '') io.err('\nexit or Ctrl-D leaves\n');
    else {
      io.err('^C\n');
      prompt.write(null, { ctrl: true, name: 'e' });
      prompt.write(null, { ctrl: true, name: 'u' });
    }
    prompt.prompt();
  });
  prompt.prompt();
  for await (const line of prompt) {
    if (/^\s*(exit|quit)\s*$/.test(line)) break;
    if (line.trim() !== '') {
      asked = new AbortController();
      const { signal } = asked;
      try {
        io.out(await answer(line, signal));
      } catch (error) {
        const says = error instanceof Error ? error.message : String(error);
        io.err(signal.aborted ? '^C\n' : `${escapeHidden(says)}\n`);
      }
      asked = undefined;
    }
    prompt.prompt();
  }
  prompt.close();
}
