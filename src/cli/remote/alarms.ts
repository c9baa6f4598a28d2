import type { Command } from 'commander';
import type { Alarm } from '../../alarms/alarm-book.js';
import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { CliIo } from '../cli-io.js';
import { apiOf } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { shapedList } from './shape.js';
import { ago, printTable } from './table.js';

/** `alarms` and `refused`. */
export function addAlarms(program: Command, io: CliIo): void {
  withApiFlags(program.command('alarms'))
    .description('list what is wrong as long as it lasts, oldest first')
    .action(async (flags: ApiFlags) => {
      const api = await apiOf(flags, io);
      const path = '/api/V2/alarms';
      const shape = { id: 'string', since: 'number', text: 'string' } as const;
      const alarms = shapedList<Alarm>(await api.get(path), shape, api.url + path);
      const now = Date.now() / 1000;
      if (flags.json === true) io.out(`${JSON.stringify(alarms)}\n`);
      else
        printTable(
          io,
          ['alarm', 'for', 'what'],
          alarms.map(({ id, since, text }) => [id, ago(since, now), text]),
        );
    });
  withApiFlags(program.command('refused'))
    .description('list hosts whose reports are refused, with why')
    .action(async (flags: ApiFlags) => {
      const api = await apiOf(flags, io);
      const path = '/api/V2/hosts/refused';
      const hosts = shapedList<JsonObject>(
        await api.get(path),
        { hostkey: 'string', reason: 'string' },
        api.url + path,
      );
      const now = Date.now() / 1000;
      if (flags.json === true) io.out(`${JSON.stringify(hosts)}\n`);
      else
        printTable(
          io,
          ['hostkey', 'name', 'group', 'reason', 'times', 'last', 'detail'],
          hosts.map((host) => [
            textOf(host['hostkey']),
            textOf(host['name']),
            textOf(host['group']),
            textOf(host['reason']),
            Number(host['count']),
            ago(typeof host['last_at'] === 'number' ? host['last_at'] : null, now),
            textOf(host['detail']),
          ]),
        );
    });
}
