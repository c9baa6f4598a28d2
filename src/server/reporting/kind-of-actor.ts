import type { Pid } from '../../otp/index.js';

/** By what actors are counted: hosts, groups and links each as one kind, all others by their own name. */
export function kindOfActor({ label }: Pid): string {
  const end = label.indexOf(':');
  return end === -1 ? label : label.slice(0, end);
}
