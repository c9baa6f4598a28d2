/** Whether all elements are strings. A plain loop: lists of addresses are long, and this is asked of them again and again. */
export function isTextList(list: readonly unknown[]): list is readonly string[] {
  for (let at = 0; at < list.length; at += 1) if (typeof list[at] !== 'string') return false;
  return true;
}
