/**
 * What compiling may ask of policy: one thing by its name, and nothing else. Since nothing can be counted or listed, the
 * answers that a compilation was given are all that it saw (see `Readings`).
 */
export interface Lookup<Value> {
  get(name: string): Value | undefined;
}
