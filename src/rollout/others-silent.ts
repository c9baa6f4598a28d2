/** Of so many hosts that are in no rollout, silence of one may be chance. */
const CHANCE = 1;
const TENTH = 0.1;

/**
 * Why silence says nothing of new rules: hosts that were not given any are silent too, since the same moment
 * (docs/rollout.md#our-own-blindness). `reportedAt`: of the others' newest reports; `sentAt`: when the new rules went out;
 * all epoch seconds. `silentAfter`: so many seconds without a report are silence. Undefined: they are heard.
 */
export function othersSilent(
  reportedAt: Iterable<number>,
  { sentAt, now, silentAfter }: { readonly sentAt: number; readonly now: number; readonly silentAfter: number },
): string | undefined {
  let heardThen = 0;
  let silent = 0;
  for (const at of reportedAt) {
    if (at < sentAt - silentAfter) continue;
    heardThen += 1;
    if (at < now - silentAfter) silent += 1;
  }
  const alone = heardThen === 1 && silent === 1;
  if (!alone && silent <= Math.max(CHANCE, heardThen * TENTH)) return undefined;
  return `${silent} of ${heardThen} hosts outside of the rollout are silent too`;
}
