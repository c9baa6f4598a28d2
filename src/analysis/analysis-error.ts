/** A text that cannot be read, or a question that cannot be answered. The message is for the person who asked. */
export class AnalysisError extends Error {
  /** The line of the text that is to blame, from 1; null: no single line. */
  readonly line: number | null;
  /** What is wrong with it. */
  readonly reason: string;

  constructor(reason: string, line: number | null = null) {
    super(line === null ? reason : `line ${line}: ${reason}`);
    this.line = line;
    this.reason = reason;
  }
}
