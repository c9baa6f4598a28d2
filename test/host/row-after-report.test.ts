import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideReport } from '../../src/host/decide-report.js';
import type { HostKnowledge, HostReport } from '../../src/host/host-report.js';
import type { Document, JsonObject } from '../../src/model/document.js';
import { sameJson } from '../../src/model/same-json.js';
import { reportFields } from '../support/report-fields.js';

const SHOWN = ['group_pending', 'group_claimed', 'unverified'];
const few = fc.constantFrom('web', 'db', '*', '');
const extra = fc.dictionary(fc.constantFrom('uptime', 'constructor', 'id', 'vars'), fc.oneof(few, fc.array(few)), {
  maxKeys: 2,
});
const said = fc
  .record({ fields: fc.record({ group: few, environment: few, version: few, os_version: few }), extra, now: fc.nat(3) })
  .map(({ fields, extra: more, now }): { report: HostReport; now: number } => {
    const all = reportFields({ ...fields, ec2_instance_tags: { name: fields.version } });
    const text = (name: string) => all[name] as string;
    const [hostkey, name, group] = [text('hostkey'), text('name'), text('group')];
    const [environment, location] = [text('environment'), text('location')];
    const hashes = all as unknown as HostReport['hashes'];
    const parts = { hostkey, name, group, environment, location, hashes, fields: all, extra: more };
    return { report: { updateType: 'keepalive', stopped: false, ...parts }, now };
  });

it('a report gives the row that its fields give it, or the row itself where it says nothing new', () => {
  let unchanged = 0;
  fc.assert(
    fc.property(
      fc.array(
        said.map((one) => [one, one]),
        { maxLength: 6 },
      ),
      fc.boolean(),
      (reports, byOperator) => {
        let row: Document = { id: 'h1', active: 'active', hash_fail_count: 0, group_pending: true, group: 'web' };
        let known: HostKnowledge | undefined;
        for (const { report, now } of reports.flat()) {
          const outcome = decideReport(row, known, report, {
            now,
            wanted: undefined,
            hashCheck: { toleranceSeconds: 30, maxFailCount: 2, checkV6: true },
            agentStopGraceSeconds: 10,
            groupOwner: byOperator ? 'operator' : 'report',
          });
          const next = outcome.row;
          if (next === row) unchanged += 1;
          else if (!SHOWN.some((name) => name in row)) expect(sameJson(next, row)).toBe(false);
          expect(next).toMatchObject(told(report, now));
          const kept = Object.keys(row).filter((name) => !SHOWN.includes(name));
          expect(
            Object.keys(next)
              .filter((name) => !SHOWN.includes(name))
              .slice(0, kept.length),
          ).toEqual(kept);
          for (const name of kept)
            if (!(name in report.fields) && !(name in (report.extra ?? {})) && name !== 'keepalive_timestamp')
              expect(next[name]).toEqual(row[name]);
          expect(next['group_pending'] ?? false).toBe(next['group'] !== report.group);
          row = JSON.parse(JSON.stringify(next)) as Document;
          known = outcome.known;
        }
      },
    ),
    { numRuns: 300 },
  );
  expect(unchanged).toBeGreaterThan(20);
});

/** What a report says that no operator may have set. */
function told({ fields }: HostReport, now: number): JsonObject {
  const { group: _group, environment: _environment, location: _location, ...own } = fields;
  return { ...own, keepalive_timestamp: now };
}
