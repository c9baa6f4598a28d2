import type { WRONG_USE } from './exit-codes.js';

/** A command's access to the outside, so that tests can run it in process. */
export interface CliIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration of the installed service, used where a command names none and this file is there. */
  readonly installedConfig: string;
  /** Standard output is a terminal. Absent: a pipe or a file. */
  readonly terminal?: TerminalSize;
  /** Nobody reads standard output any more: a command that prints until it is told to end does so. */
  readonly readerGone?: AbortSignal;
  /** Asks the person at the terminal, and gives what is typed. Absent: nobody is there. */
  readonly ask?: (question: string) => Promise<string>;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

type FailureCode = 1 | typeof WRONG_USE;

/** A command that failed for a known reason: printed as one sentence without a stack, with this exit code. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** 1: it could not be done; WRONG_USE: the command line is wrong. */
  readonly exitCode: FailureCode;
  constructor(message: string, options: { readonly exitCode?: FailureCode; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A command that failed and has already printed why on standard error. */
export class ToldFailure extends Error {
  override readonly name = 'ToldFailure';
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`failed with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
