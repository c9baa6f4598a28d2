import type { CompiledGroup } from '../firewall/policy/compile-group.js';

/** A group whose texts would be others, or which would be there or gone. */
export interface GroupShipment {
  readonly id: string;
  readonly name: string;
  /** Hosts that are in it afterwards. */
  readonly hosts: number;
  /** What its policy compiles to now; absent: there is no such group now. */
  readonly before?: CompiledGroup;
  /** What it would compile to; absent: it would be gone. */
  readonly after?: CompiledGroup;
}
