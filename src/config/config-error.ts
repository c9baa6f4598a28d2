/**
 * Where a value came from. `text` names it for a human: `dog.yaml:12`, `DOG_API__PORT`, `--set`. `derived`: it was left out,
 * and so follows from other keys or from what surrounds the service.
 */
export interface Origin {
  readonly kind: 'default' | 'file' | 'environment' | 'flag' | 'derived';
  readonly text: string;
}

/** One thing wrong with the configuration. `value` is printable and holds no secret. */
export interface ConfigProblem {
  /** Dotted name, or the file when the file itself is at fault. */
  readonly key: string;
  readonly value?: string;
  readonly origin?: Origin;
  /** What would be right, following the key: "must be ...", "unknown key; did you mean ...". */
  readonly wanted: string;
}

/** Everything that is wrong with the configuration; the message has one line per problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const head =
      problems.length === 1 ? 'the configuration has a problem' : `the configuration has ${problems.length} problems`;
    super(`${head}:\n${problems.map((problem) => `  ${problemText(problem)}`).join('\n')}`);
    this.problems = problems;
  }
}

function problemText({ key, value, origin, wanted }: ConfigProblem): string {
  const shown = value === undefined ? key : `${key} = ${value}`;
  return `${shown}${origin === undefined ? '' : ` (from ${origin.text})`}: ${wanted}`;
}
