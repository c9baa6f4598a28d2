import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideReport, registerHost } from '../../src/host/decide-report.js';
import { decideTimeout } from '../../src/host/decide-timeout.js';
import type { Hashes, Wanted } from '../../src/host/hash-check.js';
import type { HostKnowledge, HostReport } from '../../src/host/host-report.js';
import { stateOf } from '../../src/host/host-state.js';
import type { Document } from '../../src/model/document.js';

const W = 180;
const LIMIT = 2;

type Step =
  | {
      readonly is: 'report';
      readonly type: HostReport['updateType'];
      readonly rules: boolean;
      readonly sets: boolean;
      readonly stops: boolean;
      readonly groupKnown: boolean;
    }
  | { readonly is: 'wait'; readonly seconds: number }
  | { readonly is: 'policy'; readonly part: 'rules' | 'sets' }
  | { readonly is: 'keepalive_timeout' | 'retirement_timeout' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('report' as const),
      type: fc.constantFrom('force' as const, 'update' as const, 'keepalive' as const, 'keepalive' as const),
      rules: fc.boolean(),
      sets: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      stops: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      groupKnown: fc.integer({ min: 0, max: 9 }).map((n) => n !== 0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('wait' as const), seconds: fc.constantFrom(1, 60, 90, 200) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('policy' as const),
      part: fc.constantFrom('rules' as const, 'sets' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constantFrom('keepalive_timeout' as const, 'retirement_timeout' as const) }),
  },
);

/** What people should have been told, in the plainest words: two facts, is it heard of and are its rules right. */
class Model {
  heard: 'new' | 'active' | 'inactive' | 'retired' = 'new';
  right = true;
  fails = 0;
  rulesMatched = -Infinity;
  setsMatched = -Infinity;
  saidGoodbye = -Infinity;
  away = false;
  mails: string[] = [];

  report(now: number, say: Step & { is: 'report' }, changed: { rules: number; sets: number }): void {
    const echo = say.type !== 'force' && now - this.saidGoodbye <= 10;
    if (say.stops || echo) {
      if (say.stops) this.saidGoodbye = now;
      this.away = true;
      return;
    }
    const announced = this.away;
    this.away = false;
    this.saidGoodbye = -Infinity;
    if (!say.groupKnown) return;
    if (say.rules) this.rulesMatched = now;
    if (say.sets) this.setsMatched = now;
    const fresh = (...moments: number[]): boolean => moments.some((moment) => now - moment <= W);
    const tolerated =
      (say.rules || fresh(this.rulesMatched, changed.rules)) && (say.sets || fresh(this.setsMatched, changed.sets));
    if (say.rules && say.sets) this.fails = 0;
    else if (!tolerated) this.fails += 1;
    const wrong = !(say.rules && say.sets) && !tolerated && this.fails >= LIMIT;
    this.judge(!wrong, announced);
  }

  judge(right: boolean, announced: boolean): void {
    const was = this.heard;
    const wasRight = this.right;
    this.heard = 'active';
    if (was === 'new' || was === 'retired') {
      this.right = true;
      if (was === 'retired' && !announced) this.mails.push('keepalive_recover');
      return;
    }
    this.right = right;
    if (wasRight && !right) this.mails.push('hash_fail');
    else if (!wasRight && right) this.mails.push('hash_recover');
    else if (right && was === 'inactive' && !announced) this.mails.push('keepalive_recover');
  }

  late(): void {
    if (this.heard !== 'active') return;
    this.heard = 'inactive';
    if (!this.away) this.mails.push('keepalive_fail');
  }

  gone(): void {
    if (this.heard !== 'inactive') return;
    this.heard = 'retired';
    this.right = true;
    this.mails.push('retirement');
  }
}

function hash(letter: string): string {
  return letter.repeat(64);
}
function reportOf(say: Step & { is: 'report' }): HostReport {
  const hashes: Hashes = {
    hash4_ipsets: hash(say.rules ? 'a' : 'f'),
    hash6_ipsets: hash('a'),
    hash4_iptables: hash('a'),
    hash6_iptables: hash('a'),
    ipset_hash: hash(say.sets ? 'b' : 'f'),
  };
  const place = { hostkey: 'host-key-0001', name: 'web1', group: 'web', environment: '*', location: '*' };
  return { ...place, updateType: say.type, stopped: say.stops, hashes, fields: { ...place, ...hashes } };
}
const RIGHT = Object.fromEntries(
  ['hash4_ipsets', 'hash6_ipsets', 'hash4_iptables', 'hash6_iptables'].map((field) => [field, hash('a')]),
) as NonNullable<Wanted['rules']>['hashes'];

describe('a host over any sequence of reports, waits and deadlines', () => {
  it('is in the state that a model of two facts says, with its mails and no others', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = 1_700_000_000;
        const changed = { rules: 0, sets: 0 };
        const first = reportOf({
          is: 'report',
          type: 'force',
          rules: false,
          sets: false,
          stops: false,
          groupKnown: true,
        });
        const born = registerHost(first, now);
        let row: Document = { ...born.row, id: 'h' };
        let known: HostKnowledge | undefined = born.known;
        const model = new Model();
        const mails: string[] = [];
        for (const say of steps) {
          switch (say.is) {
            case 'wait':
              now += say.seconds;
              break;
            case 'policy':
              changed[say.part] = now;
              break;
            case 'report': {
              const wanted: Wanted = {
                rules: { hashes: RIGHT, changedAt: changed.rules },
                sets: { hashes: new Set([hash('b'), hash('c')]), newest: hash('b'), changedAt: changed.sets },
              };
              const outcome = decideReport(row, known, reportOf(say), {
                now,
                wanted: say.groupKnown ? wanted : undefined,
                hashCheck: { toleranceSeconds: W, maxFailCount: LIMIT, checkV6: true },
                agentStopGraceSeconds: 120,
              });
              row = { ...outcome.row, id: 'h' };
              known = outcome.known;
              if (outcome.mail !== undefined) mails.push(outcome.mail);
              model.report(now, say, changed);
              expect(row.keepalive_timestamp).toBe(now);
              break;
            }
            case 'keepalive_timeout':
            case 'retirement_timeout': {
              const outcome = decideTimeout(row, known, say.is);
              row = { ...outcome.row, id: 'h' };
              if (outcome.mail !== undefined) mails.push(outcome.mail);
              if (say.is === 'keepalive_timeout') model.late();
              else model.gone();
            }
          }
          const expected =
            model.right || model.heard === 'new' || model.heard === 'retired' ? model.heard : `${model.heard}_hashfail`;
          expect([stateOf(row), row.hash_fail_count]).toEqual([expected, model.fails]);
          expect(mails).toEqual(model.mails);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
