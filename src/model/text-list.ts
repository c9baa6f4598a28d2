/** Shorter lists are looked through as fast as looked up. */
const LONG = 100;

/**
 * Long frozen lists, which can't change any more, that were found to hold strings alone. Never wrong, as it rests on the list
 * itself; forgotten with it.
 */
const found = new WeakSet<readonly unknown[]>();

/** Whether all elements are strings: a long frozen list is looked through once, as addresses are asked of again and again. */
export function isTextList(list: readonly unknown[]): list is readonly string[] {
  if (list.length < LONG || !Object.isFrozen(list)) return holdsTexts(list);
  if (found.has(list)) return true;
  if (!holdsTexts(list)) return false;
  found.add(list);
  return true;
}

function holdsTexts(list: readonly unknown[]): boolean {
  for (let at = 0; at < list.length; at += 1) if (typeof list[at] !== 'string') return false;
  return true;
}
