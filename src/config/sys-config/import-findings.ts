/** A setting that is given but could not be read. */
export interface Loss {
  readonly file: string;
  /** Where it stands: `dog_trainer.rethinkdb_host`. */
  readonly from: string;
  /** What stands there, printable and without secrets. */
  readonly found: string;
  /** What would be right. */
  readonly wanted: string;
}

/** What an import reports to the operator. Holds no secrets. */
export class ImportFindings {
  /** What was left out because it has no meaning here. */
  readonly notes: string[] = [];
  /** What was read, but in a way that the operator should know of. */
  readonly warnings: string[] = [];
  /** Settings that matter but could not be read: the import stops. */
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
