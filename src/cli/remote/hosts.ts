import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { HOST_STATES } from '../../host/host-state.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { HostLine } from '../../operations/fleet-answers.js';
import { CommandFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { apiOf, type Api } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { hostLine } from '../../operations/host-line.js';
import { findGroup } from './find-named.js';
import { readDrift, stateCell } from './read-hosts.js';
import { shapedList } from './shape.js';
import { ago, printTable } from './table.js';

interface HostsFlags extends ApiFlags {
  readonly drifted?: true;
  readonly silent?: true;
  readonly state?: string;
  readonly group?: string;
  readonly query?: string;
}

/** `hosts` and `drift`: hosts in a table, narrowed. */
export function addHosts(program: Command, io: CliIo): void {
  withApiFlags(program.command('hosts'))
    .description('list hosts by name: state, group, last report, what differs')
    .option('--drifted', 'only those with other rules or sets than they were sent')
    .option('--silent', 'only those that no longer report')
    .option('--state <states>', `only those in these states: ${HOST_STATES.join(', ')}`, states)
    .option('-g, --group <name>', 'only those of this group, by name or id')
    .option('-q, --query <text>', 'only those with this in name, hostkey, group or addresses')
    .action(async (flags: HostsFlags) => {
      const chosen = [flags.drifted, flags.silent, flags.state].filter((one) => one !== undefined);
      if (chosen.length > 1) {
        throw new CommandFailure('give one of --drifted, --silent and --state', { exitCode: WRONG_USE });
      }
      print(io, flags, await readHostsOf(await apiOf(flags, io), flags));
    });
  withApiFlags(program.command('drift'))
    .description('list hosts that have other rules or sets than they were sent, as hosts --drifted does')
    .option('-g, --group <name>', 'only those of this group, by name or id')
    .action(async (flags: HostsFlags) => {
      print(io, flags, await readHostsOf(await apiOf(flags, io), { ...flags, drifted: true }));
    });
}

function states(value: string): string {
  const wrong = value.split(',').find((name) => !(HOST_STATES as readonly string[]).includes(name.trim()));
  if (wrong === undefined) return value;
  throw new InvalidArgumentError(`there is no state ${wrong}; there are ${HOST_STATES.join(', ')}.`);
}

/** Hosts may name a group that is none, and are listed under it; a name that neither they nor groups have is a mistake. */
async function readHostsOf(api: Api, flags: HostsFlags): Promise<readonly HostLine[]> {
  const hosts = await readHosts(api, flags);
  if (flags.group === undefined || hosts.length > 0) return hosts;
  const group = textOf((await findGroup(api, flags.group)).name);
  return group === flags.group ? hosts : readHosts(api, { ...flags, group });
}

async function readHosts(api: Api, flags: HostsFlags): Promise<readonly HostLine[]> {
  const drift = await readDrift(api, flags.group);
  const { query } = flags;
  if (flags.drifted === true) {
    if (drift.total > drift.hosts.length)
      throw new CommandFailure(`${drift.total} hosts drifted, more than can be listed; narrow them by --group`);
    const q = query?.toLowerCase() ?? '';
    return drift.hosts.filter(({ name, hostkey, group }) =>
      [name, hostkey, group].some((text) => text.toLowerCase().includes(q)),
    );
  }
  const state = flags.silent === true ? 'inactive,inactive_hashfail' : flags.state;
  const wanted = new URLSearchParams({
    after: '',
    ...(state === undefined ? {} : { state }),
    ...(flags.group === undefined ? {} : { group: flags.group }),
    ...(query === undefined ? {} : { q: query }),
  });
  const path = `/api/V2/hosts?${wanted.toString()}`;
  const rows = shapedList<Document>(await api.pages(path), { id: 'string' }, api.url + path);
  const known = new Map(drift.hosts.map((line) => [line.id, line]));
  return rows.map((row) => known.get(row.id) ?? hostLine(row)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function print(io: CliIo, { json }: HostsFlags, hosts: readonly HostLine[]): void {
  if (json === true) {
    io.out(`${JSON.stringify(hosts)}\n`);
    return;
  }
  const now = Date.now() / 1000;
  printTable(
    io,
    ['host', 'group', 'state', 'last report', 'differs', 'for', 'repairs'],
    hosts.map((line) => [
      line.name,
      line.group,
      stateCell(line.state),
      ago(line.reported_at, now),
      line.differing.join(',') || (line.unverified ? 'unverified' : '-'),
      ago(line.differs_since, now),
      line.repair_attempts,
    ]),
  );
  if (io.terminal !== undefined && hosts.length === 0) io.out('no hosts\n');
}
