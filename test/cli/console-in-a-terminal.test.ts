import { describe, expect, it } from 'vitest';
import { hasTmux, terminal } from '../support/terminal.js';
import { startWholeServer } from '../support/whole-server.js';

describe.runIf(hasTmux())('the console in a terminal', () => {
  it('completes, survives wrong lines, gives up what Ctrl-C says, and ends', { timeout: 120_000 }, async () => {
    const server = await startWholeServer();
    await server.group('web');
    const shell = terminal();
    shell.run('console', '--data', server.data);
    await shell.shows('exit or Ctrl-D leaves', 'dog>');
    shell.press('c', 'Tab');
    await shell.shows('dog> compile');
    shell.press('w', 'Tab');
    await shell.shows('dog> compile web');
    shell.press('C-c');
    await shell.shows('^C');
    for (let n = 1; n <= 15; n += 1) shell.type(`wrong${n}`);
    const wrong = await shell.shows('there is no "wrong15"');
    expect(wrong).not.toContain('Warning');
    shell.press('C-l');
    shell.type('trace dog_trainer/store_sup/store 8');
    await shell.shows('store 8\n');
    shell.press('C-c');
    await shell.shows('store 8\n^C\ndog>');
    shell.press('C-c');
    await shell.shows('\nexit or Ctrl-D leaves');
    shell.press('C-d');
    await shell.shows('ended with 0');
  });
});
