/**
 * What compiling may ask of policy: one thing by its name, and nothing else. Since nothing can be counted or listed, a
 * compilation saw exactly the answers that it was given (see `Readings`).
 */
export interface Lookup<Value> {
  get(name: string): Value | undefined;
}
