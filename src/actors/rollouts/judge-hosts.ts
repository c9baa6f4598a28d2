import type { StoredRuleset } from '../../model/stored-ruleset.js';
import { textOf } from '../../model/text-of.js';
import { restarted, sentAt, withReport } from '../../rollout/host-progress.js';
import { judge, type JudgedHost, type Measure, type Verdict } from '../../rollout/judge.js';
import { holdsRuleset, type HostsWorld, reportedAt, whyExempt } from './group-hosts.js';
import type { RolloutWatch } from './rollout-book.js';

/** Which hosts are looked at, what they are to show, and by what they are judged. */
export interface Judged {
  readonly groupName: string;
  readonly ruleset: StoredRuleset;
  readonly hosts: Iterable<string>;
  readonly measure: Measure;
  readonly checkV6: boolean;
  /** Whether this host must come back over a new connection, and has not. */
  readonly mustReconnect: (hostkey: string) => boolean;
}

/** Takes in what hosts reported since the last look, and judges them. `now`: epoch seconds. */
export function judgeHosts(world: HostsWorld, watch: RolloutWatch, judged: Judged, now: number): Verdict {
  return judge(looked(world, watch, judged, now), now, judged.measure);
}

function* looked(world: HostsWorld, watch: RolloutWatch, judged: Judged, now: number): Generator<JudgedHost> {
  const { groupName, ruleset, hosts, checkV6, mustReconnect } = judged;
  for (const hostkey of hosts) {
    const row = world.hostByKey(hostkey);
    const exempt = whyExempt(world, groupName, hostkey);
    const before = watch.progress.get(hostkey) ?? sentAt(now);
    const progress =
      row === undefined || exempt !== undefined
        ? before
        : withReport(before, { reportedAt: reportedAt(row), holds: holdsRuleset(row, ruleset, checkV6) });
    watch.progress.set(hostkey, progress);
    if (exempt === undefined) watch.exempt.delete(hostkey);
    else watch.exempt.set(hostkey, exempt);
    const name = row === undefined ? hostkey : textOf(row['name']);
    yield { hostkey, name, progress, exempt, mustReconnect: mustReconnect(hostkey) };
  }
}

/** Nobody could see hosts until now: each has all of its time again. */
export function giveTime({ progress }: RolloutWatch, now: number): void {
  for (const [hostkey, before] of progress) progress.set(hostkey, restarted(before, now));
}

/** They are sent something: only what they report from now on counts. */
export function begin({ progress, exempt, reconnects }: RolloutWatch, hosts: Iterable<string>, now: number): void {
  for (const hostkey of hosts) {
    progress.set(hostkey, sentAt(now));
    exempt.delete(hostkey);
    reconnects.delete(hostkey);
  }
}
