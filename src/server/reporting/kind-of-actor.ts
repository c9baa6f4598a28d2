import type { Pid } from '../../otp/index.js';

/** By what actors are counted: hosts, groups and links each as one kind, all others by their own name. */
export function kindOfActor({ label }: Pid): string {
  return label.split(':', 1)[0] ?? label;
}
