import { CommandFailure } from '../cli-io.js';

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'list';

/** What an answer must have so that it can be printed: members by their dotted path. */
export type Shape = Readonly<Record<string, Kind>>;

/**
 * Holds an answer to what is read of it: another program, or a server of another version, may listen at that address.
 * @throws CommandFailure with the place
 */
export function shaped<T>(answer: unknown, shape: Shape, what: string): T {
  for (const [path, kind] of Object.entries(shape)) {
    const value = path
      .split('.')
      .filter((key) => key !== '')
      .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as never)[key] : undefined), answer);
    if (kindOf(value) !== kind) throw new CommandFailure(`${what}: the answer${path && `.${path}`} is no ${kind}`);
  }
  return answer as T;
}

/** A list, each item held to `shape`. */
export function shapedList<T>(answer: unknown, shape: Shape, what: string): readonly T[] {
  shaped(answer, { '': 'list' }, what);
  return (answer as readonly unknown[]).map((item, index) =>
    shaped<T>(item, { '': 'object', ...shape }, `${what}, item ${index}`),
  );
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}
