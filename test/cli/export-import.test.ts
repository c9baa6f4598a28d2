import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer, type WholeServer } from '../support/whole-server.js';

function cli(data: string, ...args: string[]) {
  return runCliInProcess([...args, '--data', data]);
}

async function groupId({ api }: WholeServer): Promise<string | undefined> {
  const groups = (await api('GET', '/api/V2/groups')).json as unknown as readonly { id: string; name: string }[];
  return groups.find(({ name }) => name === 'web')?.id;
}

describe('export and import', () => {
  it('move the policy of a running server into another, through their sockets', async () => {
    const one = await startWholeServer();
    const other = await startWholeServer();
    await one.group('web');
    const file = join(temporaryDirectory(), 'policy.json');
    const exported = await cli(one.data, 'export', file);
    expect(exported).toMatchObject({ code: 0, err: '' });
    expect(exported.out).toContain('group 1, host 0, link 0, profile 1, ruleset 1');
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const dry = await cli(other.data, 'import', file, '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.out).toMatch(/created group \S+ \(web\)\n/);
    expect(dry.out).toContain('would be: 3 created, 0 changed');
    expect(await groupId(other)).toBeUndefined();

    expect(await cli(other.data, 'import', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('imported: 3 created') as string,
    });
    const id = (await groupId(other)) as string;
    const [theirs, ours] = [await other.reaches(id, 'published'), await one.ruleset(id)];
    expect(theirs.texts).toEqual(ours.texts);
    expect((await cli(other.data, 'import', file)).out).not.toContain('created group');
  });

  it('work on the store itself when no server runs', async () => {
    const [one, other] = [temporaryDirectory(), temporaryDirectory()];
    const file = join(one, 'policy.json');
    const zone = { id: 'z', name: 'office', ipv4_addresses: ['192.0.2.1'] };
    writeFileSync(
      file,
      JSON.stringify({ format: 'dog-trainer policy', version: 1, exported_at: 1, resources: { zone: [zone] } }),
    );
    expect(await cli(one, 'import', file)).toMatchObject({
      code: 0,
      out: 'created zone z (office)\nimported: 1 created, 0 changed, 0 unchanged, 0 kept, 0 removed\n',
    });
    const shown = await cli(one, 'export', '-');
    expect((JSON.parse(shown.out) as { resources: { zone: unknown } }).resources.zone).toEqual([zone]);
    expect((await cli(one, 'export', join(other, 'out.json'))).code).toBe(0);
    expect(readFileSync(join(other, 'out.json'), 'utf8').replace(/"exported_at": \d+/, '')).toBe(
      shown.out.replace(/"exported_at": \d+/, ''),
    );
    expect(readdirSync(other)).toEqual(['out.json']);
    writeFileSync(file, JSON.stringify({ format: 'dog-trainer policy', version: 1, exported_at: 1, resources: {} }));
    expect((await cli(one, 'import', file, '--replace')).out).toBe(
      'removed zone z (office)\nimported: 0 created, 0 changed, 0 unchanged, 0 kept, 1 removed\n',
    );
  });

  it('name what is wrong, and write nothing', async () => {
    const data = temporaryDirectory();
    const file = join(data, 'policy.json');
    const write = (resources: object, version = 1): void =>
      writeFileSync(file, JSON.stringify({ format: 'dog-trainer policy', version, exported_at: 1, resources }));
    writeFileSync(file, '{');
    expect(await cli(data, 'import', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not JSON') as string,
    });
    write({}, 9);
    expect(await cli(data, 'import', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('version 9') as string,
    });
    expect(await cli(data, 'import', join(data, 'none'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be read') as string,
    });
    write({ zone: [{ id: 'a', name: 'x' }] });
    await cli(data, 'import', file);
    write({
      zone: [
        { id: 'b', name: 'x' },
        { id: 'c', name: 'y' },
      ],
    });
    expect(await cli(data, 'import', file)).toMatchObject({
      code: 1,
      err: expect.stringContaining('clash: zone b of the file has the name "x", which a in the store has') as string,
    });
    expect((await cli(data, 'export', '-')).out).not.toContain('"y"');
    expect(await cli(data, 'export', join(data, 'no', 'such', 'file'))).toMatchObject({ code: 1 });
  });
});
