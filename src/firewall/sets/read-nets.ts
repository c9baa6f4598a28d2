import { parseNet4, type Net4 } from '../addresses/ipv4.js';
import { parseNet6, type Net6 } from '../addresses/ipv6.js';
import { A_STEP } from '../steps.js';
import type { JunkCounter } from './junk-counter.js';

/** Elements of a list that are addresses of its family, as they stand there, and what each of them means. */
export interface ReadNets<Net> {
  readonly texts: readonly string[];
  readonly nets: readonly Net[];
}

/** Reads a list that may hold anything, with pauses; what is no IPv4 address goes to `junk`. */
export function* readNets4(list: readonly unknown[], junk: JunkCounter): Generator<void, ReadNets<Net4>> {
  const texts: string[] = [];
  const nets: Net4[] = [];
  for (let at = 0; at < list.length; at += 1) {
    if (at % A_STEP === A_STEP - 1) yield;
    const element = list[at];
    const net = typeof element === 'string' ? parseNet4(element) : -1;
    if (net < 0) junk.add(element, 'v4');
    else {
      texts.push(element as string);
      nets.push(net);
    }
  }
  return { texts, nets };
}

/** The same of IPv6. */
export function* readNets6(list: readonly unknown[], junk: JunkCounter): Generator<void, ReadNets<Net6>> {
  const texts: string[] = [];
  const nets: Net6[] = [];
  for (let at = 0; at < list.length; at += 1) {
    if (at % A_STEP === A_STEP - 1) yield;
    const element = list[at];
    const net = typeof element === 'string' ? parseNet6(element) : undefined;
    if (net === undefined) junk.add(element, 'v6');
    else {
      texts.push(element as string);
      nets.push(net);
    }
  }
  return { texts, nets };
}
