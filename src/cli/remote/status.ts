import type { Command } from 'commander';
import type { FleetStatus, GroupLine, HostLine, Unwell } from '../../operations/fleet-answers.js';
import { counted } from '../../model/counted.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import { ToldFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { NOT_WELL } from '../exit-codes.js';
import { apiOf, type Api } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { rolloutText } from './groups.js';
import { shaped } from './shape.js';
import { ago, coloured } from './table.js';

/** `status`: one line that says whether all is well, then what is not. Exit code 3: something is not. */
export function addStatus(program: Command, io: CliIo): void {
  withApiFlags(program.command('status'))
    .description('say whether all is well, then what is not; exit code 0: all is well, 3: something is not')
    .action(async (flags: ApiFlags) => {
      const status = await readStatus(await apiOf(flags, io));
      if (flags.json === true) io.out(`${JSON.stringify(status)}\n`);
      else {
        io.out(`${coloured(io, status.well ? 'green' : 'red', status.summary)}\n`);
        for (const line of statusLines(status)) io.out(`${line}\n`);
      }
      if (!status.well) throw new ToldFailure(NOT_WELL);
    });
}

export async function readStatus(api: Api): Promise<FleetStatus> {
  const path = '/api/V2/status';
  return shaped<FleetStatus>(
    await api.get(path),
    {
      well: 'boolean',
      summary: 'string',
      at: 'number',
      'server.ready': 'boolean',
      'server.reasons': 'list',
      'publishing.paused': 'boolean',
      'publishing.waiting': 'number',
      'hosts.by_state': 'object',
      'hosts.drifted.first': 'list',
      'hosts.silent.first': 'list',
      'groups.by_state': 'object',
      'groups.in_error.first': 'list',
      'groups.not_sent.first': 'list',
      'groups.rollouts.first': 'list',
      alarms: 'list',
    },
    `${api.url}${path}`,
  );
}

/** What is not well, one line each. */
export function statusLines(status: FleetStatus): readonly string[] {
  const { server, publishing, hosts, groups, alarms, at } = status;
  const host = ({ name, group }: HostLine): string => `${name} (${group})`;
  return [
    ...(server.ready ? [] : server.reasons.map((reason) => `server: ${reason}`)),
    ...(publishing.paused
      ? [
          `publishing: paused by ${publishing.author ?? 'an operator'} ${ago(publishing.since, at)} ago; dog-trainer resume`,
        ]
      : []),
    ...alarms.map(({ id, since, text }) => `alarm ${id} since ${ago(since, at)}: ${text}`),
    ...unwell(groups.in_error, ({ name, error }: GroupLine) => `group ${name}: cannot be compiled: ${error ?? ''}`),
    ...unwell(groups.not_sent, ({ name, not_sent }: GroupLine) => `group ${name}: not sent: ${not_sent ?? ''}`),
    ...unwell(groups.rollouts, ({ name, rollout }: GroupLine) =>
      rollout === null ? `group ${name}` : `group ${name}: rollout ${rolloutText(rollout)}`,
    ),
    ...unwell(
      hosts.drifted,
      (line: HostLine) =>
        `drifted: ${host(line)}${line.differs_since === null ? '' : ` for ${ago(line.differs_since, at)}`}: ${line.differing.join(', ')}`,
    ),
    ...unwell(
      hosts.silent,
      (line: HostLine) =>
        `silent: ${host(line)}${line.reported_at === null ? '' : `, last report ${ago(line.reported_at, at)} ago`}`,
    ),
    ...(hosts.refused > 0 ? [`refused: ${counted(hosts.refused, 'host')}; dog-trainer refused`] : []),
  ].map(escapeHidden);
}

function unwell<T>({ total, first }: Unwell<T>, line: (item: T) => string): readonly string[] {
  return [...first.map(line), ...(total > first.length ? [`… and ${total - first.length} more`] : [])];
}
