import { describe, expect, it } from 'vitest';
import { importSysConfig } from '../../../src/config/import-sys-config.js';
import { loadConfig } from '../../../src/config/load.js';

function logOf(application: string) {
  const { yaml, losses, notes, warnings } = importSysConfig(`[{dog_trainer, [{env, "t1"}]}, ${application}].`);
  expect(losses).toEqual([]);
  return { log: loadConfig({ text: { name: 'imported', yaml } }).config.log, notes, warnings };
}
function lager(handlers: string, more = '') {
  return logOf(`{lager, [{handlers, [${handlers}]}${more}]}`);
}

const ERROR = '{lager_file_backend, [{file, "/var/log/dog/error.log"}, {level, error}, {size, 2048}]}';
const CONSOLE =
  '{lager_file_backend, [{level, debug}, {size, 2048}, {count, 7}, sync_on, {file, "/var/log/dog/console.log"}]}';
const STDOUT = '{lager_console_backend, [{level, debug}]}';

describe("config import of the old server's logs", () => {
  it.each([
    ['in one order', `${ERROR}, ${CONSOLE}, ${STDOUT}`],
    ['in another', `${STDOUT}, ${CONSOLE}, ${ERROR}`],
    [
      'with another backend first',
      `{lager_syslog_backend, ["dog", local1, info]}, lager_console_backend, ${CONSOLE}, ${ERROR}`,
    ],
    [
      'with handlers that have names',
      `{{lager_file_backend, "e"}, ${inner(ERROR)}}, {{lager_file_backend, "c"}, ${inner(CONSOLE)}}`,
    ],
    [
      'in the old form',
      '{lager_console_backend, debug}, {lager_file_backend, [{"/var/log/dog/error.log", error, 2048, "$D0", 7}, {"/var/log/dog/console.log", debug, 2048, "$D0", 7}]}',
    ],
  ])('lager handlers %s', (_, handlers) => {
    expect(lager(handlers).log).toMatchObject({ dir: '/var/log/dog', level: 'debug', size: 2048, keep: 7 });
  });

  it('a handler of the screen does not make the files talkative', () => {
    expect(
      lager(`${STDOUT}, ${ERROR}, {lager_file_backend, [{file, "/var/log/dog/console.log"}, {level, notice}]}`).log,
    ).toMatchObject({
      dir: '/var/log/dog',
      level: 'info',
    });
  });

  it('files below a log_root, and in two directories', () => {
    const { log, warnings } = lager(
      '{lager_file_backend, [{file, "console.log"}]}, {lager_file_backend, [{file, "/elsewhere/error.log"}]}',
      ', {log_root, "/var/log/dog"}',
    );
    expect(log.dir).toBe('/var/log/dog');
    expect(warnings.join()).toContain('not to /elsewhere');
  });

  it.each([
    ['false', 'crash.log'],
    ['undefined', 'crash.log'],
    ['"/var/log/dog/fell.log"', 'fell.log'],
  ])('crash_log %s', (value, name) => {
    expect(logOf(`{lager, [{crash_log, ${value}}]}`).log.crash_log).toBe(name);
  });

  it.each([
    '{lager, [{handlers, [{lager_file_backend, [{file, "/l/c.log"}, {size, 0}, {count, 0}]}]}]}',
    '{kernel, [{logger, [{handler, default, logger_std_h, #{config => #{file => "/l/c.log", max_no_bytes => infinity, max_no_files => 0}}}]}]}',
  ])('files that grew without end: %s', (application) => {
    const { log, warnings } = logOf(application);
    expect(log).toMatchObject({ dir: '/l', size: 104857600, keep: 5 });
    expect(warnings.join('\n')).toContain('log.size stays at its default');
  });

  it('a relative file is said to be one', () => {
    expect(lager('{lager_file_backend, [{file, "log/c.log"}]}').warnings.join()).toContain(
      'lager.handlers is relative',
    );
  });

  it("logger's handlers, in any order", () => {
    const handlers = [
      '{handler, default, logger_std_h, #{level => error}}',
      '{handler, errors, logger_disk_log_h, #{level => error, config => #{file => "/var/log/dog/error.log", type => wrap, max_no_files => 10, max_no_bytes => 52428800}}}',
      '{handler, all, logger_std_h, #{config => #{type => {file, "/var/log/dog/debug.log"}, max_no_files => 10, max_no_bytes => 52428800}, level => debug}}',
      '{filters, log, []}',
    ];
    for (const order of [handlers, [...handlers].reverse()]) {
      const { log } = logOf(`{kernel, [{logger_level, all}, {logger, [${order.join(', ')}]}]}`);
      expect(log).toMatchObject({ dir: '/var/log/dog', level: 'debug', size: 52428800, keep: 10 });
    }
  });

  it.each([
    ['{lager_file_backend, [{file, "/l/c.log"}, {level, loud}]}', 'has the level loud'],
    ['{lager_file_backend, [{file, "/l/c.log"}, {size, "10 MB"}]}', '= "10 MB"'],
    ['{lager_file_backend, [{level, info}]}', '= [{level, info}]'],
    ['{lager_file_backend, what}', '= what'],
  ])('%s stops', (handler, found) => {
    const { losses } = importSysConfig(`[{dog_trainer, []}, {lager, [{handlers, [${handler}]}]}].`);
    expect(losses).toMatchObject([{ from: 'lager.handlers', found }]);
  });
});

/** The options of a handler. */
function inner(handler: string): string {
  return handler.slice(handler.indexOf('['), -1);
}
