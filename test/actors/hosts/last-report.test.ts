import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LastReport } from '../../../src/actors/hosts/last-report.js';
import { decideReport, type GroupOwner } from '../../../src/host/decide-report.js';
import { sha256 } from '../../../src/firewall/hash/sha256.js';
import type { Wanted } from '../../../src/host/hash-check.js';
import type { HostKnowledge, HostReport } from '../../../src/host/host-report.js';
import type { Document, JsonObject } from '../../../src/model/document.js';
import { reportFields } from '../../support/report-fields.js';

const RIGHT = 'a'.repeat(64);
/** Of the text of a command: the agent can't show its rules. */
const QUOTED = sha256('`iptables-save -t filter`');

function reportOf(
  updateType: HostReport['updateType'],
  stopped: boolean,
  said: JsonObject,
  extra: JsonObject,
): HostReport {
  const fields = reportFields(said);
  const text = (name: string) => fields[name] as string;
  const [hostkey, name, group] = [text('hostkey'), text('name'), text('group')];
  const [environment, location] = [text('environment'), text('location')];
  const hashes = fields as unknown as HostReport['hashes'];
  return { updateType, stopped, hostkey, name, group, environment, location, hashes, fields, extra };
}

const few = fc.constantFrom('web', 'db', '*');
const hash = fc.constantFrom(RIGHT, 'b'.repeat(64), QUOTED);
/** A few reports, of which a host sends now this one and now that; what is sent again is the same object. */
const reports = fc.array(
  fc
    .record({
      type: fc.constantFrom('keepalive' as const, 'keepalive' as const, 'update' as const, 'force' as const),
      stopped: fc.constantFrom(false, false, false, true),
      said: fc.record(
        {
          group: few,
          environment: few,
          hash4_ipsets: hash,
          hash6_ipsets: hash,
          ipset_hash: hash,
          ec2_instance_tags: fc.dictionary(few, few, { maxKeys: 2 }),
          docker_container_ids: fc.array(few, { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
      extra: fc.dictionary(fc.constantFrom('uptime', 'constructor', 'vars', 'kernel'), fc.oneof(few, fc.array(few))),
    })
    .map(({ type, stopped, said, extra }) => reportOf(type, stopped, said, extra)),
  { minLength: 1, maxLength: 3 },
);
const edit: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ group: few }),
  fc.record({ environment: few }),
  fc.record({ active: fc.constantFrom('active', 'inactive', 'retired', 'new'), hashpass: fc.boolean() }),
  fc.record({ version: few, ec2_instance_tags: fc.constant({}) }),
  fc.record({ hash_fail_count: fc.nat(4), iptables_hash_timestamp: fc.nat(60) }),
);
const wanted: fc.Arbitrary<Wanted | undefined> = fc.option(
  fc.record(
    {
      rules: fc.record({
        hashes: fc.constantFrom(RIGHT, QUOTED).map((one) => ({
          hash4_ipsets: one,
          hash6_ipsets: one,
          hash4_iptables: one,
          hash6_iptables: one,
        })),
        changedAt: fc.nat(60),
      }),
      sets: fc.record({ hashes: fc.constant(new Set([RIGHT])), newest: hash, changedAt: fc.nat(60) }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ report: fc.nat(2), now: fc.nat(60), wanted }) },
  { weight: 1, arbitrary: fc.record({ edit }) },
  { weight: 1, arbitrary: fc.record({ forget: fc.constant(true) }) },
);

it('a report that is said again gives what it gives a server that does not know that it is', () => {
  let found = 0;
  fc.assert(
    fc.property(
      reports,
      fc.array(step, { maxLength: 12 }),
      fc.constantFrom<GroupOwner>('operator', 'report'),
      fc.boolean(),
      (said, steps, groupOwner, readsBack) => {
        let row: Document = { id: 'h1', active: 'active', hash_fail_count: 0, group: 'web', name: 'x' };
        const record: { known: HostKnowledge | undefined } = { known: undefined };
        const last = new LastReport(record);
        for (const one of steps) {
          if ('edit' in one) row = { ...row, ...one.edit };
          if ('forget' in one && record.known !== undefined)
            record.known = { ...record.known, reportedEnvironment: 'db' };
          if (!('report' in one)) continue;
          const report = said[one.report % said.length] as HostReport;
          const context = {
            now: one.now,
            wanted: one.wanted,
            hashCheck: { toleranceSeconds: 30, maxFailCount: 2, checkV6: true },
            agentStopGraceSeconds: 10,
            groupOwner,
            readsBack,
          };
          const again = last.isAgain(report, row);
          const outcome = decideReport(row, record.known, report, { ...context, again });
          const fresh = decideReport(row, record.known, report, context);
          if (again) found += 1;
          expect(JSON.stringify(outcome)).toBe(JSON.stringify(fresh));
          expect(outcome.row === row).toBe(fresh.row === row);
          row = outcome.row === row ? row : (JSON.parse(JSON.stringify(outcome.row)) as Document);
          record.known = outcome.known;
          last.stored(report, row);
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(200);
});

it('counts for the very objects only', () => {
  const last = new LastReport({ known: undefined });
  const row = { id: 'h1' };
  const report = reportOf('keepalive', false, {}, {});
  last.stored(report, row);
  expect(last.isAgain(report, row)).toBe(true);
  expect(last.isAgain({ ...report }, row)).toBe(false);
  expect(last.isAgain(report, { ...row })).toBe(false);
});
