import type { Command } from 'commander';
import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { isList, isObject } from '../../model/validate.js';
import { stateOf } from '../../host/host-state.js';
import type { CliIo } from '../cli-io.js';
import { apiOf } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { findHost } from './find-named.js';
import { printFields } from './print-fields.js';
import { moment } from './table.js';

/** `host NAME`: one host, and what it has loaded against what it should have. */
export function addHost(program: Command, io: CliIo): void {
  withApiFlags(program.command('host'))
    .description('show one host: its state, and what it has loaded against what it should have')
    .argument('<name>', 'its name, hostkey or id')
    .action(async (name: string, flags: ApiFlags) => {
      const api = await apiOf(flags, io);
      const host = await findHost(api, name);
      const drift = (await api.find(`/api/V2/host/${encodeURIComponent(host.id)}/drift`)) as JsonObject | undefined;
      if (flags.json === true) {
        io.out(`${JSON.stringify({ host, drift: drift ?? null })}\n`);
        return;
      }
      const { sent, reported } = drift ?? {};
      const differing = isList(drift?.differing) ? drift.differing.map(textOf) : [];
      const time = (value: unknown): string => moment(typeof value === 'number' ? value : null);
      printFields(io, [
        ['name', textOf(host.name)],
        ['id', host.id],
        ['hostkey', textOf(host.hostkey)],
        ['group', textOf(host.group)],
        ['environment, location', `${textOf(host.environment)}, ${textOf(host.location)}`],
        ['state', stateOf(host)],
        ['agent', textOf(host.version)],
        ['addresses', textOf(host.interfaces)],
        ['last report', time(host.keepalive_timestamp)],
        ['can show its rules', drift?.unverified === true ? 'no (unverified)' : 'yes'],
        ['differs', differing.length === 0 ? 'no' : `${differing.join(', ')} since ${time(drift?.since)}`],
        ['repairs', `${Number(drift?.repair_attempts ?? 0)}, last ${time(drift?.last_repair_at)}`],
        ['not sent', drift?.not_sent === null ? '-' : textOf(drift?.not_sent)],
        ['ruleset published', time(isObject(sent) ? sent['published_at'] : undefined)],
        ...differing.map((field): readonly [string, string] => [
          field,
          `sent ${short(isObject(sent) ? sent[field] : undefined)}, reported ${short(isObject(reported) ? reported[field] : undefined)}`,
        ]),
      ]);
    });
}

/** The beginning of a hash, or of each of several. */
function short(hash: unknown): string {
  if (Array.isArray(hash)) return hash.map(short).join(' or ');
  return typeof hash === 'string' && hash !== '' ? hash.slice(0, 12) : '-';
}
