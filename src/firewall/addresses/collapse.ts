import { A_STEP, sortNumbersInSteps } from '../steps.js';
import { ALL_4, baseOf4, HALVES_4, join4, lengthOf4, type Net4, net4After } from './ipv4.js';
import { ALL_6, covers6, HALVES_6, join6, type Net6 } from './ipv6.js';
import { sortNets6 } from './sort-nets6.js';

/*
 * The shortest list of nets that holds exactly the given addresses. One pass over the sorted list with a stack: a net
 * comes before all that it covers, and what the stack holds is disjoint, in order and not joinable, so that a new net
 * can only be covered by the top or join with it, and a joined net can in turn only join with the one below.
 * The whole address space comes out as its two halves, because sets cannot hold a net of length 0.
 */

/**
 * Drops covered nets, joins neighbours, with pauses. Takes nets in any order, with repeats; returns them in address
 * order.
 */
export function* collapse4(nets: readonly Net4[]): Generator<void, Net4[]> {
  return yield* collapseSorted4(yield* sortNumbersInSteps(nets));
}

/** As {@link collapse4}, of nets that are in address order already. */
export function* collapseSorted4(nets: readonly Net4[]): Generator<void, Net4[]> {
  const stack: Net4[] = [];
  // All nets before this one are covered by the top of the stack.
  let uncovered = 0;
  let done = 0;
  for (let net of nets) {
    done += 1;
    if (done % A_STEP === 0) yield;
    if (net < uncovered) continue;
    for (let below = stack.at(-1); below !== undefined; below = stack.at(-1)) {
      const joined = join4(below, net);
      if (joined < 0) break;
      stack.pop();
      net = joined;
    }
    stack.push(net);
    uncovered = net4After(baseOf4(net), lengthOf4(net));
  }
  return stack[0] === ALL_4 ? [...HALVES_4] : stack;
}

/** As {@link collapse4}, for IPv6. */
export function* collapse6(nets: readonly Net6[]): Generator<void, Net6[]> {
  return yield* collapseSorted6(yield* sortNets6(nets));
}

/** As {@link collapseSorted4}, for IPv6. */
export function* collapseSorted6(nets: readonly Net6[]): Generator<void, Net6[]> {
  const stack: Net6[] = [];
  let done = 0;
  for (let net of nets) {
    done += 1;
    if (done % A_STEP === 0) yield;
    const top = stack.at(-1);
    if (top !== undefined && covers6(top, net)) continue;
    for (let below = stack.at(-1); below !== undefined; below = stack.at(-1)) {
      const joined = join6(below, net);
      if (joined === undefined) break;
      stack.pop();
      net = joined;
    }
    stack.push(net);
  }
  return stack[0] === ALL_6 ? [...HALVES_6] : stack;
}
