import { emitKeypressEvents, type Key } from 'node:readline';
import { CLEAR_BELOW, CLEAR_LINE, ENTER, HOME, LEAVE } from '../terminal-codes.js';

/** What a picture that fills the terminal is told. */
export interface TerminalEvents {
  /** `name`: as node:readline names the key, `ctrl-c` with Ctrl held down, or the character itself. */
  readonly onKey: (name: string) => void;
  /** Another size, or back from a stop: all is to be drawn again. */
  readonly onResize: () => void;
  /** A signal asks for the end, the terminal is gone, or one of these threw `failure`. */
  readonly onEnd: (failure?: Error) => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A process that nobody could wake again is not stopped by SIGTSTP; it goes on after this, in milliseconds. */
const NOT_STOPPED_MS = 100;

/**
 * The terminal of this process while one picture fills it: keys come singly, the cursor is away. `leave` gives it back
 * as it was; so does the end of the process, however it comes, SIGKILL excepted.
 */
export class WholeTerminal {
  readonly #events: TerminalEvents;
  #taken = false;

  constructor(events: TerminalEvents) {
    this.#events = events;
    const { stdin, stdout } = process;
    emitKeypressEvents(stdin);
    stdin.on('keypress', this.#onKey).on('error', this.#onGone).on('end', this.#onGone);
    stdout.on('resize', this.#onResize).on('error', this.#onGone);
    for (const signal of SIGNALS) process.on(signal, this.#onGone);
    process.on('SIGCONT', this.#onContinue).on('exit', this.#giveBack);
    this.#take();
  }

  get size(): { readonly columns: number; readonly rows: number } {
    // A terminal that does not know its size says 0.
    return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
  }

  draw(lines: readonly string[]): void {
    if (!this.#taken) return;
    // Cleared before it is written: a cursor that waits behind the last column would clear that column.
    process.stdout.write(`${HOME}${lines.map((line) => CLEAR_LINE + line).join('\r\n')}${CLEAR_BELOW}`);
  }

  leave(): void {
    const { stdin, stdout } = process;
    this.#giveBack();
    stdin.off('keypress', this.#onKey).pause();
    stdout.off('resize', this.#onResize);
    for (const signal of SIGNALS) process.off(signal, this.#onGone);
    process.off('SIGCONT', this.#onContinue).off('exit', this.#giveBack);
    // Listeners for errors stay: what is written to a terminal that is gone must not end in a stack.
  }

  #take(): void {
    if (this.#taken) return;
    this.#taken = true;
    process.stdin.setRawMode(true).resume();
    process.stdout.write(ENTER);
  }

  readonly #giveBack = (): void => {
    if (!this.#taken) return;
    this.#taken = false;
    process.stdout.write(LEAVE);
    try {
      process.stdin.setRawMode(false);
    } catch {
      // The terminal is gone, and its mode with it.
    }
  };

  readonly #onKey = (text: string | undefined, key: Key): void => {
    const name = nameOf(text, key);
    if (name === 'ctrl-z') this.#stop();
    else this.#told(() => this.#events.onKey(name));
  };

  /** As Ctrl-Z does to a program that reads lines: all processes of this job stop until the shell goes on with them. */
  #stop(): void {
    this.#giveBack();
    process.kill(0, 'SIGTSTP');
    setTimeout(this.#onContinue, NOT_STOPPED_MS);
  }

  readonly #onContinue = (): void => {
    // Another program may have changed the mode meanwhile.
    this.#taken = false;
    this.#take();
    this.#onResize();
  };

  readonly #onResize = (): void => this.#told(() => this.#events.onResize());

  readonly #onGone = (): void => this.#events.onEnd();

  #told(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#events.onEnd(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

function nameOf(text: string | undefined, { name, ctrl }: Key): string {
  if (ctrl === true) return `ctrl-${name ?? ''}`;
  if (name !== undefined && name.length > 1) return name;
  return text !== undefined && text !== '' ? text : (name ?? '');
}
