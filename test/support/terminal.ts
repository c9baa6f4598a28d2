import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from './on-test-finished.js';
import { program } from './main-child.js';
import { temporaryDirectory } from './temporary-directory.js';
import { until } from './whole-server.js';

/** A shell in a terminal of 80 columns and 24 rows. */
export interface Terminal {
  /** Types keys by their names of tmux: `h`, `Enter`, `C-c`. */
  press(...keys: readonly string[]): void;
  /** Types a line as it is, and Enter. */
  type(line: string): void;
  /** Types a command of this program, and Enter; the shell shows `ended with CODE` when it is over. */
  run(...args: readonly string[]): void;
  /** What it shows now. */
  picture(): string;
  /** Waits for a picture that has all of `wanted`, and gives it. */
  shows(...wanted: readonly string[]): Promise<string>;
  resize(columns: number, rows: number): void;
  /** The process of the program that runs in it. */
  child(): number;
  /** Whether it shows the other screen, that of programs which fill it. */
  isWhole(): boolean;
  /** Whether it echoes what is typed: the mode that a shell left it in. */
  echoes(): boolean;
  /** As a window that is closed. */
  close(): void;
}

/** `undefined`, and why on standard error: there is no tmux here. */
export function hasTmux(): boolean {
  const found = spawnSync('tmux', ['-V']).status === 0;
  if (!found) process.stderr.write('skipped: there is no tmux here, which the tests of a live screen use\n');
  return found;
}

/** Starts bash in tmux; it goes with the test. */
export function terminal(environment: Readonly<Record<string, string>> = {}): Terminal {
  const socket = join(temporaryDirectory(), 'tmux');
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-f', '/dev/null', '-S', socket, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm-256color', PS1: '$ ', ...environment },
    });
  tmux('new-session', '-d', '-x', '80', '-y', '24', 'bash', '--norc', '--noprofile');
  onTestFinished(() => void spawnSync('tmux', ['-S', socket, 'kill-server']));
  const format = (text: string): string => tmux('display-message', '-p', text).trim();
  const type = (line: string): void => {
    tmux('send-keys', '-l', line);
    tmux('send-keys', 'Enter');
  };
  // Where the program is takes no room on the screen.
  type(
    `dt() { ${[process.execPath, ...program()].map((word) => `'${word}'`).join(' ')} "$@"; echo "ended with $?"; }; clear`,
  );
  const picture = (): string => tmux('capture-pane', '-p');
  return {
    press: (...keys) => void tmux('send-keys', ...keys),
    type,
    run: (...args) => type(['dt', ...args].join(' ')),
    picture,
    shows: (...wanted) =>
      until(
        () => {
          const text = picture();
          if (wanted.every((part) => text.includes(part))) return text;
          throw new Error(`no picture with ${wanted.join(', ')}, but:\n${text}`);
        },
        'a picture',
        { timeout: 60_000, interval: 50 },
      ),
    resize: (columns, rows) => void tmux('resize-window', '-x', String(columns), '-y', String(rows)),
    child: () => Number(execFileSync('pgrep', ['-P', format('#{pane_pid}')], { encoding: 'utf8' }).trim()),
    isWhole: () => format('#{alternate_on}') === '1',
    echoes: () => {
      const mode = execFileSync('stty', ['-a', '-F', format('#{pane_tty}')], { encoding: 'utf8' });
      return / echo /.test(mode) && / icanon /.test(mode);
    },
    close: () => void tmux('kill-session'),
  };
}
