/** What a command may touch of the outside, so that tests can run it in process. */
export interface CliIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration of the installed service, used where a command names none and this file is there. */
  readonly installedConfig: string;
}

/** A command that failed for a reason to be told in one sentence: printed without a stack, exit code as given. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** 1: it could not be done; 2: it was asked for wrongly. */
  readonly exitCode: 1 | 2;
  constructor(message: string, options: { readonly exitCode?: 1 | 2; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A command that failed and has already told why on standard error. */
export class ToldFailure extends Error {
  override readonly name = 'ToldFailure';
  readonly exitCode: number;
  constructor(exitCode: number) {
    super(`failed with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}
