import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeCommand } from '../../src/cli/decode.js';

const dir = mkdtempSync(join(tmpdir(), 'decode-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function decode(file: string): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({ write: (text: string) => (printed[name] += text) });
  return { code: await decodeCommand(file, sink('out'), sink('err')), ...printed };
}

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

describe('dog-trainer decode', () => {
  it('prints a captured report as annotated JSON', async () => {
    const { code, out, err } = await decode('test/captures/agent-ips-force.bin');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect((JSON.parse(out) as { list: unknown[] }).list[0]).toEqual({ tuple: [{ atom: 'count' }, 1] });
    expect(out).toContain('"binary": "alpha-hostkey-0001"');
  });

  it('says where a malformed term goes wrong, and prints nothing', async () => {
    const file = fileOf('cut.bin', Buffer.of(131, 109, 0, 0, 0, 9, 65));
    expect(await decode(file)).toEqual({
      code: 1,
      out: '',
      err: `dog-trainer decode: ${file} is no external term: byte 6: only 1 byte where a binary should be; allowed: 9 bytes\n`,
    });
  });

  it('names a file that it can not read', async () => {
    const { code, err } = await decode(join(dir, 'absent'));
    expect(code).toBe(1);
    expect(err).toContain('ENOENT');
  });
});
