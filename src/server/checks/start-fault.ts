/** Why a server cannot start, in one line that begins with the key of the configuration to look at. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
  /** The key and, mostly, its value. */
  readonly where: string;
  /** Somebody has what is wanted (a port, a directory): the server that runs here already, it may be. */
  readonly taken: boolean;

  constructor(where: string, says: string, options: { readonly taken?: boolean; readonly cause?: unknown } = {}) {
    super(oneLine(`${where}: ${says}`), { cause: options.cause });
    this.where = where;
    this.taken = options.taken ?? false;
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}

/** How deep supervisors and causes wrap what went wrong; something that goes in circles ends here. */
const DEEPEST = 20;

/**
 * What really went wrong in a start: the `StartFault` if there is one, else the innermost error, of what supervisors
 * have wrapped in reasons of their own.
 */
export function causeOfFailure(failure: unknown): Error {
  let innermost: Error | undefined;
  const visit = (value: unknown, depth: number): StartFault | undefined => {
    if (value instanceof StartFault) return value;
    if (typeof value !== 'object' || value === null || depth === 0) return undefined;
    if (value instanceof Error) innermost = value;
    const parts = value instanceof Error ? [value.cause] : Object.values(value);
    for (const part of parts) {
      const found = visit(part, depth - 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const fault = visit(failure, DEEPEST);
  return fault ?? innermost ?? new Error(oneLine(String(failure)));
}

/** Does it; what it fails with then begins with `where`, a key of the configuration. @throws StartFault */
export async function blaming<T>(
  where: string,
  work: () => T | Promise<T>,
  taken: (error: unknown) => boolean = () => false,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartFault) throw error;
    const says = error instanceof Error ? error.message : String(error);
    throw new StartFault(where, says, { taken: taken(error), cause: error });
  }
}
