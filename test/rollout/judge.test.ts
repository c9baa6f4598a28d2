import { describe, expect, it } from 'vitest';
import { restarted, sentAt, statusOf, withReport, type HostProgress } from '../../src/rollout/host-progress.js';
import { judge, measureOf, type JudgedHost } from '../../src/rollout/judge.js';
import { othersSilent } from '../../src/rollout/others-silent.js';
import { USUAL_POLICY } from '../../src/rollout/rollout-policy.js';

const WANTED = { proofs: 2, deadlineSeconds: 100 };

/** Sent at 1000; reports as `[seconds after, shows it]`. */
function after(...reports: readonly (readonly [number, boolean])[]): HostProgress {
  return reports.reduce((at, [when, holds]) => withReport(at, { reportedAt: 1000 + when, holds }), sentAt(1000));
}

describe('what a host showed', () => {
  it.each([
    ['nothing yet', after(), 50, 'sent'],
    ['nothing, to the last second', after(), 100, 'sent'],
    ['nothing in time', after(), 101, 'silent'],
    ['it once', after([20, true]), 50, 'shown'],
    ['it often enough', after([20, true], [80, true]), 90, 'ok'],
    ['it once, and said no more', after([20, true]), 121, 'silent'],
    ['it often enough, and then fell silent', after([20, true], [80, true]), 181, 'silent'],
    ['other rules until now', after([20, false], [80, false]), 90, 'sent'],
    ['other rules for too long', after([20, false], [80, false]), 101, 'differs'],
    ['it, and then other rules', after([20, true], [80, false]), 90, 'sent'],
    ['it, and then other rules for too long', after([20, true], [80, false]), 121, 'differs'],
    ['other rules, and then nothing', after([20, false]), 121, 'silent'],
  ])('%s', (_what, progress, when, status) => {
    expect(statusOf(progress, 1000 + when, WANTED)).toBe(status);
  });

  it('before it was sent, or in a report that counted already, proves nothing', () => {
    expect(after([0, true])).toEqual(sentAt(1000));
    expect(after([-5, true])).toEqual(sentAt(1000));
    expect(after([20, true], [20, true])).toEqual(after([20, true]));
  });

  it('stays what it showed when time is given back, and it has all of its time again', () => {
    const given = restarted(after([20, true]), 1500);
    expect(statusOf(given, 1600, WANTED)).toBe('shown');
    expect(statusOf(given, 1601, WANTED)).toBe('silent');
  });
});

function host(progress: HostProgress, more: Partial<JudgedHost> = {}): JudgedHost {
  return { hostkey: 'k', name: 'n', progress, exempt: undefined, mustReconnect: false, ...more };
}
const OK = after([20, true], [80, true]);
const SHOWN = after([80, true]);
const SENT = after();
const FAILED = withReport(sentAt(880), { reportedAt: 990, holds: false });

describe('the judge', () => {
  const said = (hosts: readonly JudgedHost[], tolerated = 0) => judge(hosts, 1090, { ...WANTED, tolerated }).verdict;

  it.each([
    ['nobody', [], 'baked'],
    ['one that showed nothing', [host(OK), host(SENT)], 'confirmed'],
    ['one that did not show it often enough', [host(OK), host(SHOWN)], 'evidenced'],
    ['only those that did', [host(OK), host(OK)], 'baked'],
    ['one that is to come back over a new connection', [host(OK), host(OK, { mustReconnect: true })], 'evidenced'],
    ['one that failed', [host(OK), host(SENT), host(FAILED)], 'failed'],
    ['one that is exempt', [host(FAILED, { exempt: 'is retired' })], 'baked'],
  ] as const)('of %s', (_what, hosts, verdict) => {
    expect(said(hosts)).toBe(verdict);
  });

  it('tolerates as many as it is told, and names them', () => {
    expect(said([host(FAILED), host(OK)], 1)).toBe('baked');
    const { verdict, failed, counts } = judge([host(FAILED), host(FAILED)], 1090, { ...WANTED, tolerated: 1 });
    expect([verdict, failed, counts.differs]).toEqual([
      'failed',
      [
        { hostkey: 'k', name: 'n', status: 'differs' },
        { hostkey: 'k', name: 'n', status: 'differs' },
      ],
      2,
    ]);
  });

  it('tolerates none among the first', () => {
    const policy = { ...USUAL_POLICY, tolerate_percent: 50 };
    expect(measureOf(policy, 9, { isFirst: true }).tolerated).toBe(0);
    expect(measureOf(policy, 9, { isFirst: false })).toEqual({ proofs: 3, deadlineSeconds: 165, tolerated: 4 });
  });
});

describe('silence of hosts that were given nothing new', () => {
  const when = { sentAt: 1000, now: 1200, silentAfter: 100 };
  const heard = (count: number): number[] => Array<number>(count).fill(1190);
  const gone = (count: number): number[] => Array<number>(count).fill(1010);
  it.each([
    ['nobody else', [], false],
    ['all are heard', heard(5), false],
    ['one of many', [...heard(20), ...gone(1)], false],
    ['one of two', [...heard(1), ...gone(1)], false],
    ['the only other one', gone(1), true],
    ['two of three', [...heard(1), ...gone(2)], true],
    ['a tenth', [...heard(18), ...gone(2)], false],
    ['more than a tenth', [...heard(17), ...gone(3)], true],
    ['those that were silent long before', [...heard(2), 100, 200, 300, 0], false],
  ] as const)('%s', (_what, at, blind) => {
    expect(othersSilent(at, when) !== undefined).toBe(blind);
  });

  it('is told with its figures', () => {
    expect(othersSilent(gone(3), when)).toBe('3 of 3 hosts outside of the rollout are silent too');
  });
});
