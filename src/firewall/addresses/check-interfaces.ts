import { hiddenCharacter } from '../../model/hidden-characters.js';
import { hostAddress } from './host-address.js';

/** Cut short for messages, with invisible characters escaped. */
function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** Adds the addresses that a set would hold to `seen`; local ones do not count. */
function checkList(name: string, list: unknown, seen: Set<string>): string | undefined {
  if (!Array.isArray(list)) return `interface ${shown(name)} holds no list of addresses`;
  for (const element of list as readonly unknown[]) {
    if (typeof element !== 'string') return `interface ${shown(name)} holds an element that is not a string`;
    // An empty string is what an agent gets when it splits an empty answer into lines.
    if (element === '') continue;
    const hidden = hiddenCharacter(element);
    if (hidden !== undefined) return `an address of interface ${shown(name)} holds the character ${hidden}`;
    const judged = hostAddress(element);
    if (judged.kind === 'refused') return `${shown(element)} of interface ${shown(name)} ${judged.reason}`;
    if (judged.kind !== 'local') seen.add(judged.text);
  }
  return undefined;
}

/**
 * Why a report's `interfaces` (JSON text: interface name → list of addresses; `[]` for none) is refused, or
 * `undefined`. Every address must be a single one, of a kind that a host can own. `most`: addresses in all, local ones
 * not counted (each container has a link-local one), repeats once.
 */
export function checkInterfaces(text: string, most: number): string | undefined {
  let value: unknown;
  try {
    // The agent has not looked yet, or found nothing.
    value = text === '' ? [] : JSON.parse(text);
  } catch {
    return 'is not JSON: an object of interface name to list of addresses is needed';
  }
  if (Array.isArray(value) && value.length === 0) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'is not a JSON object of interface name to list of addresses';
  const seen = new Set<string>();
  for (const [name, list] of Object.entries(value)) {
    const hidden = hiddenCharacter(name);
    if (hidden !== undefined) return `the name of an interface holds the character ${hidden}`;
    const fault = checkList(name, list, seen);
    if (fault !== undefined) return fault;
  }
  if (seen.size > most)
    return `holds ${seen.size} addresses, at most ${most} are taken from one host (intake.addresses_max)`;
  return undefined;
}
