import { nameOfProtocol } from './protocols.js';

const texts = new WeakMap<Uint8Array, string>();

/** A mask of protocols as 256 characters; equal for equal masks. Masks are never changed. */
export function maskText(mask: Uint8Array): string {
  let text = texts.get(mask);
  if (text === undefined) texts.set(mask, (text = mask.join('')));
  return text;
}

/** There are few masks in rules, and so in what comes of them. */
const MOST_NAMED = 1000;
const named = new Map<string, string>();

/** `tcp`, `tcp,udp`, `any`, or `any but tcp,udp`. */
export function protocolsText(mask: Uint8Array): string {
  const key = maskText(mask);
  let text = named.get(key);
  if (text === undefined) {
    text = spelled(mask);
    if (named.size < MOST_NAMED) named.set(key, text);
  }
  return text;
}

function spelled(mask: Uint8Array): string {
  const names = (bit: number): string =>
    [...mask.keys()]
      .filter((number) => mask[number] === bit)
      .map(nameOfProtocol)
      .join(',');
  const others = names(0);
  if (others === '') return 'any';
  return others.split(',').length < 64 ? `any but ${others}` : names(1);
}
