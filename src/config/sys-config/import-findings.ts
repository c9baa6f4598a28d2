/** A setting that is there and could not be read. */
export interface Loss {
  readonly file: string;
  /** Where it stands: `dog_trainer.rethinkdb_host`. */
  readonly from: string;
  /** What stands there, printable and without secrets. */
  readonly found: string;
  /** What would be right. */
  readonly wanted: string;
}

/** What an import has to tell people. Nothing in it holds a secret. */
export class ImportFindings {
  /** What was left out because it has no meaning here. */
  readonly notes: string[] = [];
  /** What was read, but in a way that people should know of. */
  readonly warnings: string[] = [];
  /** What could not be read, though it means something: an import with such stops. */
  readonly losses: Loss[] = [];

  note(from: string, reason?: string): void {
    this.notes.push(`${from}: has no meaning here${reason === undefined ? '' : `: ${reason}`}`);
  }

  warn(sentence: string): void {
    if (!this.warnings.includes(sentence)) this.warnings.push(sentence);
  }

  lose(loss: Loss): void {
    const text = lossText(loss);
    if (!this.losses.some((other) => lossText(other) === text)) this.losses.push(loss);
  }
}

/** One line for a loss. */
export function lossText({ file, from, found, wanted }: Loss): string {
  return `${file}: ${from} ${found}: ${wanted}`;
}
