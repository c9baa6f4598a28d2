import type { PortRange } from '../rules/firewall-rule.js';

/** Ports of one line. `single`: it is one port, which a protocol's own match can hold. */
export interface PortList {
  readonly single: boolean;
  /** `80,443,8000:8100` */
  readonly text: string;
}

/** Slots of one multiport match (XT_MULTI_PORTS); a range takes two. */
const MULTIPORT_SLOTS = 15;

/** Splits ports into lists that fit into one match each, in their order. */
export function portLists(ranges: readonly PortRange[]): readonly PortList[] {
  const lists: PortRange[][] = [];
  let current: PortRange[] = [];
  let left = 0;
  for (const range of ranges) {
    const slots = range.first === range.last ? 1 : 2;
    if (slots > left) {
      current = [];
      lists.push(current);
      left = MULTIPORT_SLOTS;
    }
    current.push(range);
    left -= slots;
  }
  return lists.map((list) => ({
    single: list.length === 1 && list[0]?.first === list[0]?.last,
    text: list.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(','),
  }));
}
