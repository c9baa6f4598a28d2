/** A line that is none of the verbs, or lacks what its verb needs. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
}
