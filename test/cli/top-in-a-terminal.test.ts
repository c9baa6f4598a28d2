import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FLEET_IS_WELL } from '../support/fleet-is-well.js';
import { hasTmux, terminal, type Terminal } from '../support/terminal.js';
import { startWholeServer, until } from '../support/whole-server.js';

/** The shell again, as it was: its own screen with what was typed, the cursor seen, lines read whole. */
async function isGivenBack(shell: Terminal, code: string): Promise<string> {
  const picture = await shell.shows(`ended with ${code}`);
  expect(picture).toContain('$ dt top');
  expect(shell.isWhole()).toBe(false);
  await until(() => {
    shell.type('stty -a | tr " " "\\n" | grep -cx -e echo -e icanon');
    return /^2$/m.test(shell.picture());
  }, 'a terminal that echoes');
  return picture;
}

async function listener(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.runIf(hasTmux())('top in a terminal', () => {
  it(
    'obeys its keys, follows the size, stops and goes on, and gives the terminal back',
    { timeout: 120_000 },
    async () => {
      const server = await startWholeServer();
      await server.group('web');
      await server.group('db');
      const shell = terminal();
      const top = async (): Promise<void> => {
        shell.run('top', '--delay', '1', '--url', server.server.listening.api);
        await shell.shows('[now]', 'all is well');
      };
      await top();
      expect(shell.isWhole()).toBe(true);
      shell.press('g');
      await shell.shows('[groups]', 'web', 'db', 'published');
      // A filter may hold what are keys elsewhere; it is seen while it is typed.
      shell.press('/', 'w', 'e');
      await shell.shows('filter: we_', 'web');
      shell.press('Enter');
      const filtered = await shell.shows('filter "we"');
      expect(filtered).not.toMatch(/^db /m);
      shell.press('Escape');
      await shell.shows('db ');
      shell.press('a', 'M');
      const actors = await shell.shows('[actors]  by mailbox', 'dog_trainer/');
      expect(actors.split('\n').slice(0, 24)).toHaveLength(24);
      shell.press('s');
      await shell.shows('by restarts');
      // Below the last row there is nothing to see: one step up from there moves at once.
      shell.press('End');
      const end = await shell.shows('[actors]');
      shell.press('PPage');
      await until(() => shell.picture() !== end, 'another page');
      shell.resize(60, 12);
      await until(
        () => shell.picture().split('\n')[11]?.startsWith('n now  h hosts'),
        'the foot in the last of 12 rows',
      );
      shell.resize(80, 24);
      shell.press('?');
      await shell.shows('hold the picture');
      shell.press('x', 'Space');
      await shell.shows('[held]');
      // What another view shows is looked for also while the picture is held.
      shell.press('p');
      await shell.shows('[publishing]  [held]', 'messages wait for the broker');
      shell.press('C-z');
      await shell.shows('Stopped');
      expect(shell.isWhole()).toBe(false);
      shell.type('fg; echo "ended with $?"');
      await shell.shows('[publishing]');
      shell.press('q');
      await isGivenBack(shell, '0');
      for (const end of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        await top();
        process.kill(shell.child(), end);
        await isGivenBack(shell, '0');
        shell.type('clear');
        await until(() => !shell.picture().includes('ended'), 'a clear screen');
      }
      await top();
      shell.press('C-c');
      await isGivenBack(shell, '0');
    },
  );

  it('goes on without its server, and shows it again when it is back', { timeout: 120_000 }, async () => {
    let away = false;
    let hangs = false;
    const url = await listener((request, response) => {
      if (hangs) return;
      if (away) return void response.destroy();
      if (request.url?.startsWith('/api/V2/status') !== true) response.statusCode = 404;
      response.end(JSON.stringify(response.statusCode === 404 ? { error: 'none' } : FLEET_IS_WELL));
    });
    const shell = terminal();
    shell.run('top', '--delay', '1', '--url', url);
    await shell.shows('all is well', 'no events');
    away = true;
    await shell.shows('not seen since', 'no server answers');
    away = false;
    await shell.shows('all is well');
    // A server that takes requests and answers none holds nobody up who wants to leave.
    hangs = true;
    shell.press('h');
    await shell.shows('[hosts]', 'looking');
    shell.press('q');
    await isGivenBack(shell, '0');
  });

  it('gives the terminal back when it breaks, and says why', { timeout: 120_000 }, async () => {
    // What no server sends, and what is read of it only when it is drawn.
    const url = await listener((request, response) => {
      const status = { ...FLEET_IS_WELL, hosts: { ...FLEET_IS_WELL.hosts, silent: { total: 1, first: [null] } } };
      response.end(JSON.stringify(request.url?.startsWith('/api/V2/status') === true ? status : {}));
    });
    const shell = terminal();
    shell.run('top', '--delay', '1', '--url', url);
    const picture = await isGivenBack(shell, '1');
    expect(picture).toMatch(/TypeError/);
  });

  it('ends when its window is closed', { timeout: 120_000 }, async () => {
    const url = await listener((_request, response) => void response.end(JSON.stringify(FLEET_IS_WELL)));
    const shell = terminal();
    shell.run('top', '--delay', '1', '--url', url);
    await shell.shows('all is well');
    const pid = shell.child();
    shell.close();
    await until(() => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    }, 'its end');
  });
});
