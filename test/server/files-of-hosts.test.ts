import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { startFileAgent, type FileAgentOptions } from '../support/file-agent.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

const KEY = 'file-host-key-1';
const LARGE = Buffer.alloc(9 << 20, 'a line that repeats\n');

async function scene(options?: FileAgentOptions, set: readonly string[] = []) {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker, set: ['api.commands=true', ...set] });
  await w.create('host', { name: 'h', hostkey: KEY, group: 'g', environment: '*', location: '*' });
  await w.create('host', { name: 'off', hostkey: 'no-agent-here', group: 'g', environment: '*', location: '*' });
  const root = temporaryDirectory();
  const agent = await startFileAgent(await broker.connect(), KEY, root, options);
  const url = `${w.server.listening.api}/api/V2/file_transfer`;
  const upload = async (content: Uint8Array, name: string, hostkey = KEY) => {
    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(content)]), name);
    const response = await fetch(`${url}/${hostkey}`, { method: 'POST', body: form });
    return { status: response.status, text: await response.text() };
  };
  const download = (name: string, hostkey = KEY) => fetch(`${url}/${hostkey}?path=${encodeURIComponent(name)}`);
  return { w, root, agent, url, upload, download };
}

describe('files of hosts', () => {
  it('go there and back whole, whatever their size and name; nothing stays on disk here', async () => {
    const s = await scene();
    for (const [content, name] of [
      [Buffer.from('small'), '/srv/small'],
      [Buffer.alloc(0), '/srv/empty'],
      [LARGE, "/srv/it's $(large)"],
    ] as const) {
      expect((await s.upload(content, name)).status).toBe(200);
      const response = await s.download(name);
      expect([response.status, response.headers.get('content-length')]).toEqual([200, String(content.length)]);
      expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
      expect((await readFile(join(s.root, name))).equals(content)).toBe(true);
    }
    expect(readdirSync(join(s.w.data, 'uploads'))).toEqual([]);
    // The large one alone was asked for in blocks.
    expect(s.agent.asked.filter((command) => command === 'fetch_file')).toHaveLength(2);
    const { json } = await s.w.api('GET', '/api/V2/file_transfers');
    expect(json).toMatchObject([
      { direction: 'from_host', path: "/srv/it's $(large)", size: LARGE.length, done: LARGE.length, state: 'done' },
      { direction: 'to_host' },
      { path: '/srv/empty' },
      { path: '/srv/empty', size: 0 },
      { path: '/srv/small' },
      { path: '/srv/small', hostkey: KEY, author: null, error: null },
    ]);
  });

  it('that the user of commands can not read come in one message', async () => {
    const s = await scene({ readsInShell: false });
    await writeFile(join(s.root, 'large'), LARGE);
    const response = await s.download('/large');
    expect(Buffer.from(await response.arrayBuffer()).equals(LARGE)).toBe(true);
    expect(s.agent.asked).toEqual(['execute_command', 'execute_command', 'fetch_file']);
  });

  it('that change while they are read are cut off, and so never look whole', async () => {
    let root = '';
    let blocks = 0;
    const s = await scene({
      afterCommand: async (line) => {
        if (line.startsWith('dd ') && (blocks += 1) === 3) await appendFile(join(root, 'large'), 'more');
      },
    });
    root = s.root;
    await writeFile(join(root, 'large'), LARGE);
    const response = await s.download('/large');
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    const { json } = await s.w.api('GET', '/api/V2/file_transfers');
    expect(json).toMatchObject([{ state: 'failed', error: 'the file was changed while it was read' }]);
  });

  it('of a host without an agent, and paths that lead elsewhere, are refused at once', async () => {
    const s = await scene();
    const offline = await s.upload(LARGE, '/srv/x', 'no-agent-here');
    expect([offline.status, offline.text]).toEqual([
      503,
      expect.stringContaining('the host is not connected') as string,
    ]);
    expect(await (await s.download('/srv/x', 'no-agent-here')).json()).toEqual({
      error: 'the host is not connected: no queue takes the request',
    });
    expect((await s.upload(LARGE, '/srv/../etc/x')).status).toBe(400);
    expect((await s.download('/srv/../etc/x')).status).toBe(400);
    expect(s.agent.asked).toEqual([]);
    expect(readdirSync(join(s.w.data, 'uploads'))).toEqual([]);
  });

  it('of an agent that does not answer time out', async () => {
    const s = await scene({ answers: false }, ['command_execution_timeout_ms=100', 'file_delete_timeout_ms=100']);
    expect(await (await s.download('/srv/x')).json()).toEqual({ error: 'timeout' });
    const removed = await s.w.api('DELETE', `/api/V2/file_transfer/${KEY}?path=/srv/x`);
    expect([removed.status, removed.json]).toMatchObject([500, { error: 'agent_timeout' }]);
  });

  it('that the server can not keep on disk are refused with the reason', async () => {
    const s = await scene();
    await writeFile(join(s.w.data, 'uploads'), 'a file in the way');
    const { status, text } = await s.upload(Buffer.from('x'), '/srv/x');
    expect([status, JSON.parse(text)]).toMatchObject([507, { code: 'upload_not_kept' }]);
    expect(s.agent.asked).toEqual([]);
  });
});
