import { type Family, WIDTH } from '../addresses/family.js';
import { ALL_4, formatNet4, lengthOf4, type Net4 } from '../addresses/ipv4.js';
import { ALL_6, formatNet6, HALVES_6, lengthOf6, type Net6 } from '../addresses/ipv6.js';
import { mapInSteps, sortTextsInSteps } from '../steps.js';

/** One net in the spelling that is published; `0.0.0.0/0` as `0.0.0.0`, as on the Erlang server. */
function spell4(text: string, net: Net4): string {
  // A parsed IPv4 address has only one spelling.
  if (lengthOf4(net) === 32) return text;
  return net === ALL_4 ? '0.0.0.0' : formatNet4(net);
}

function spell6(text: string, net: Net6): string {
  const canonical = formatNet6(net);
  const spelled = lengthOf6(net) === 128 && text.includes('/') ? `${canonical}/128` : canonical;
  // The same string, but flat: sorting concatenated strings costs several times as much.
  return spelled === text ? text : spelled;
}

/** The spellings of all nets, in the order given, with repeats. `nets` are the meanings of `texts`, one for one. */
export function spellings4(texts: readonly string[], nets: readonly Net4[]): Generator<void, string[]> {
  return mapInSteps(nets, (net, i) => spell4(texts[i] as string, net));
}

/** As {@link spellings4}; `::/0`, which no set can hold, becomes its two halves. */
export function* spellings6(texts: readonly string[], nets: readonly Net6[]): Generator<void, string[]> {
  const spelled = yield* mapInSteps(nets, (net, i) => spell6(texts[i] as string, net));
  return nets.includes(ALL_6)
    ? spelled.flatMap((text) => (text === '::/0' ? HALVES_6.map(formatNet6) : text))
    : spelled;
}

/**
 * What must go from a sorted list: repeats, and hosts with their length written (`10.0.0.0/32`) that are there a second
 * time. Those are hosts also written without it, and hosts whose own net sorts before them (`10.0.0.0/24`): agents sort
 * lines without that length, and so the other way round. The last net before a host is its own, if there is one.
 */
function redundant(sorted: readonly string[], family: Family): Set<string> {
  const suffix = `/${WIDTH[family]}`;
  const dropped = new Set<string>();
  const bare: string[] = [];
  let net = '';
  for (const text of sorted) {
    if (text.endsWith(suffix)) {
      if (net !== '' && net.startsWith(text.slice(0, 1 - suffix.length))) dropped.add(text);
    } else if (text.includes('/')) net = text;
    else bare.push(text);
  }
  for (const text of bare) dropped.add(text + suffix);
  return dropped;
}

/**
 * A set's addresses for `dog1`: the Erlang server's spelling, with a `/32` or `/128` where one was written, made
 * harmless. Reads {@link spellings4} or {@link spellings6}. `given` keeps their order, `sorted` sorts them by bytes.
 */
export function* spelledSet(
  spelled: readonly string[],
  family: Family,
  order: 'sorted' | 'given',
): Generator<void, string[]> {
  const sorted = yield* sortTextsInSteps(spelled);
  const unique = sorted.filter((text, i) => text !== sorted[i - 1]);
  yield;
  const dropped = redundant(unique, family);
  yield;
  const kept = dropped.size === 0 ? unique : unique.filter((text) => !dropped.has(text));
  if (order === 'sorted') return kept;
  const wanted = new Set(kept);
  yield;
  return [...new Set(spelled)].filter((text) => wanted.has(text));
}
