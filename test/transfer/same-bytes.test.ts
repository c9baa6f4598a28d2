import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileGroup } from '../../src/firewall/policy/compile-group.js';
import { POLICY_PARTS } from '../../src/firewall/policy/policy.js';
import type { Document, Json } from '../../src/model/document.js';
import { createRethinkStore } from '../../src/store/rethinkdb/create-rethink-store.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { RESOURCE_NAMES } from '../../src/resources/resources.js';
import { exportPolicy } from '../../src/transfer/export-policy.js';
import { importPolicy } from '../../src/transfer/import-policy.js';
import { policyFileFromJson, policyFileToJson, type PolicyFile } from '../../src/transfer/policy-file.js';
import { SetBook } from '../../src/world/set-book.js';
import { makePolicy } from '../support/make-policy.js';
import { soundPolicy, type PolicyInput } from '../support/policy-arbitrary.js';
import { noRethink, startRethink, type RethinkServer } from '../support/rethinkdb.js';

const REPLACE = { author: 'operator', dryRun: false, replace: true };
const BUILT_IN = new Set<Json | undefined>(['self', 'all-active', 'any']);

/** The policy as documents of the store: addresses in zones, and in hosts' interfaces. */
function documents({ profile, groups, zones, services, ipMaps }: PolicyInput): PolicyFile {
  const { rules, ...row } = profile;
  const own = (docs: readonly object[]): Document[] => (docs as Document[]).filter(({ id }) => !BUILT_IN.has(id));
  return {
    exportedAt: 1,
    dialect: 'dog2',
    resources: {
      ...(Object.fromEntries(RESOURCE_NAMES.map((name) => [name, []])) as unknown as PolicyFile['resources']),
      profile: [row as unknown as Document],
      ruleset: [{ id: 'r', name: 'r', profile_id: 'p', rules }],
      service: own(services),
      zone: own(zones).map((zone) => ({
        ...zone,
        ipv4_addresses: ipMaps.zoneV4[zone.name as string] ?? [],
        ipv6_addresses: ipMaps.zoneV6[zone.name as string] ?? [],
      })),
      group: own(groups).map((group) => ({ ...group, profile_id: 'p' })),
      host: own(groups).map((group, index) => ({
        id: `h${index}`,
        hostkey: `k${index}`,
        name: `h${index}`,
        group: group.name as Json,
        active: 'active',
        interfaces: JSON.stringify({ eth0: [`10.1.0.${index + 1}`, `2001:db8::${index + 1}`] }),
      })),
    },
  };
}

/** All that the fleet would be sent: the texts of every group, and the sets. */
async function compiled(store: Store): Promise<unknown> {
  const tables: Record<string, readonly Document[]> = {};
  for (const part of POLICY_PARTS) tables[part] = (await store.list(part)).map(({ doc }) => doc);
  const policy = makePolicy(tables);
  const groups = [...(tables['group'] ?? [])].map(({ id }) => id).sort();
  return {
    sets: new SetBook(policy, 'dog2').render().text,
    groups: groups.map((id) => [id, compileGroup(policy, id, { dialect: 'dog2', generateUnset: true })]),
  };
}

function throughText(file: PolicyFile): PolicyFile {
  return policyFileFromJson(JSON.parse(JSON.stringify(policyFileToJson(file))) as Json);
}

async function travels(input: PolicyInput, from: Store, to: Store): Promise<void> {
  await importPolicy(from, documents(input), REPLACE);
  const file = throughText(await exportPolicy(from, { now: 0, dialect: 'dog2' }));
  expect(await importPolicy(to, file, REPLACE)).toMatchObject({ written: true, clashes: [] });
  const expected = await compiled(from);
  expect(JSON.stringify(expected)).toContain('-A INPUT');
  expect(await compiled(to)).toEqual(expected);
}

describe('a policy that was exported and imported compiles to the same bytes', () => {
  let one: Store;
  let other: Store;
  beforeAll(async () => {
    one = await createSqliteStore({ path: ':memory:' });
    other = await createSqliteStore({ path: ':memory:' });
  });
  afterAll(async () => {
    await one.close();
    await other.close();
  });

  it('from one embedded store into another', async () => {
    await fc.assert(
      fc.asyncProperty(soundPolicy, (input) => travels(input, one, other)),
      { numRuns: 60 },
    );
  });
});

if (noRethink !== undefined) process.stdout.write(`export to and from RethinkDB skipped: ${noRethink}\n`);

describe.skipIf(noRethink !== undefined)(
  `from one kind of store into the other${noRethink === undefined ? '' : ` (${noRethink})`}`,
  () => {
    let server: RethinkServer;
    let rethink: Store;
    let sqlite: Store;
    beforeAll(async () => {
      server = await startRethink();
      rethink = await createRethinkStore({ servers: [{ host: server.host, port: server.port }], db: 'dog_transfer' });
      sqlite = await createSqliteStore({ path: ':memory:' });
    }, 120_000);
    afterAll(async () => {
      await rethink.close();
      await sqlite.close();
      await server.close();
    });

    it.each([
      ['rethinkdb', 'sqlite'],
      ['sqlite', 'rethinkdb'],
    ])(
      '%s to %s: the same bytes',
      async (from) => {
        const [a, b] = from === 'rethinkdb' ? [rethink, sqlite] : [sqlite, rethink];
        await fc.assert(
          fc.asyncProperty(soundPolicy, (input) => travels(input, a, b)),
          { numRuns: 5 },
        );
      },
      120_000,
    );
  },
);
