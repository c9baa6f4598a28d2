import type { X509Certificate } from 'node:crypto';
import { day } from './day.js';
import { ok, warning, wrong, type Finding } from './finding.js';

const DAY_MS = 86_400_000;
/** A certificate is named so long before its end. */
const SOON_MS = 30 * DAY_MS;

/** Whether a certificate holds at `now` (epoch milliseconds). `where`: a file, or who shows it. */
export function datesOf(
  what: string,
  where: string,
  { validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>,
  { now, renew }: { readonly now: number; readonly renew: string },
): Finding {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const says = `${where} holds from ${day(from)} to ${day(to)}`;
  if (now < from) return wrong(what, `${says}, which has not begun`, 'set the clock of this machine, or wait');
  if (now > to) return wrong(what, `${says}, which is over`, renew);
  if (to - now < SOON_MS) return warning(what, `${says}, ${Math.floor((to - now) / DAY_MS)} days from now`, renew);
  return ok(what, says);
}
