import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RepeatedReports } from '../../../src/actors/intake/repeated-reports.js';
import { checkReport, readReport } from '../../../src/actors/intake/read-report.js';
import type { HostReport } from '../../../src/host/host-report.js';
import type { Document } from '../../../src/model/document.js';
import { encodeReport } from '../../../src/wire/messages/report.js';
import { World } from '../../../src/world/world.js';
import { GOLDEN_STAMP } from '../../support/golden-stamp.js';
import { reportFields } from '../../support/report-fields.js';

const BOUNDS = { max_report_bytes: 100_000, addresses_max: 100, check_user_id: false };
const HOSTS = ['one', 'two', 'three'];

const said = fc.record({
  hostkey: fc.constantFrom(...HOSTS),
  type: fc.constantFrom('keepalive', 'keepalive', 'update', 'force'),
  fields: fc.record(
    {
      version: fc.constantFrom('1', '2', 'ä'),
      ec2_instance_tags: fc.constantFrom({}, { a: 'x', b: 'y' }, { b: 'y', a: 'x' }),
      docker_container_ids: fc.constantFrom([], ['c1']),
      interfaces: fc.constantFrom('[]', '{"eth0":["10.0.0.1"]}', '{"eth0":["10.0.0.0/8"]}'),
      /** Of an agent that stops, and what no agent is known to say. */
      more: fc.constantFrom({}, {}, {}, { active: 'inactive' }, { uptime: '1' }),
    },
    { requiredKeys: ['version'] },
  ),
});
/** What becomes of the host's row: it takes the report over, stays, is edited, or is removed. */
const follows = fc.constantFrom(...Array<'taken'>(8).fill('taken'), 'kept', 'edited', 'removed');
/** Few reports, which come again and again. */
const history = fc
  .tuple(
    fc.array(said, { minLength: 1, maxLength: 3 }),
    fc.array(fc.record({ which: fc.nat(2), second: fc.nat(59), follows }), { minLength: 10, maxLength: 40 }),
  )
  .map(([some, times]) =>
    times.map(({ which, ...time }) => ({ ...(some[which % some.length] as (typeof some)[number]), ...time })),
  );
type Said = typeof history extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

/** The message of a report, sent at some second. */
function messageOf({ hostkey, type, fields, second }: Said): Buffer {
  const { pid, localTime } = GOLDEN_STAMP;
  const stamp = { pid, localTime: { date: localTime.date, time: [1, 2, second] as const } };
  const { more, ...own } = fields;
  return encodeReport(type, reportFields({ ...own, ...more, hostkey }), stamp);
}

it('a report that is found again says what its message says, whatever the host and its row said before', () => {
  let found = 0;
  fc.assert(
    fc.property(history, (reports) => {
      const world = new World({ generateUnset: false });
      const repeated = new RepeatedReports(world);
      for (const one of reports) {
        const body = messageOf(one);
        const fresh = readReport(body, BOUNDS);
        if (fresh instanceof Error) throw fresh;
        const digest = repeated.digestOf(body, BOUNDS) as string;
        const kept = repeated.get(digest);
        const fault = checkReport(fresh, BOUNDS);
        if (kept !== undefined) {
          found += 1;
          expect(JSON.stringify(kept)).toBe(JSON.stringify(fresh));
          expect(fault).toBeUndefined();
        } else if (fault === undefined) repeated.keep(digest, fresh);
        expect(repeated.size).toBeLessThanOrEqual(HOSTS.length);
        world.apply('host', [rowAfter(world.hostByKey(one.hostkey), fresh, one.follows)]);
      }
    }),
    { numRuns: 300 },
  );
  expect(found).toBeGreaterThan(100);
});

function rowAfter(row: Document | undefined, report: HostReport, then: string): { id: string; after?: Document } {
  const id = `row-${report.hostkey}`;
  if (then === 'removed') return { id };
  const before = row ?? { id, hostkey: report.hostkey };
  const after =
    then === 'taken' ? { ...before, ...report.fields } : then === 'edited' ? { ...before, version: '9' } : before;
  return { id, after: { ...after, id } };
}

it('of hosts that are gone only some are kept', () => {
  const rows = new Map<string, Document>();
  const repeated = new RepeatedReports({
    rows: () => rows,
    hostByKey: (hostkey) => rows.get(hostkey),
  });
  for (let number = 0; number < 3000; number += 1) {
    const hostkey = `host-${number}`;
    const body = encodeReport('keepalive', reportFields({ hostkey }), GOLDEN_STAMP);
    const report = readReport(body, BOUNDS);
    if (report instanceof Error) throw report;
    rows.clear();
    rows.set(hostkey, { id: hostkey, ...report.fields });
    repeated.keep(repeated.digestOf(body, BOUNDS) as string, report);
    expect(repeated.size).toBeLessThanOrEqual(1026);
  }
});
