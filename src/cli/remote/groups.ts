import type { Command } from 'commander';
import { counted } from '../../model/counted.js';
import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { isList } from '../../model/validate.js';
import type { GroupLine, GroupRollout, HeldAt } from '../../operations/fleet-answers.js';
import { CommandFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { apiOf, type Api } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { findGroup } from './find-named.js';
import { printFields } from './print-fields.js';
import { stateText } from './rollout-words.js';
import { shaped, shapedList } from './shape.js';
import { ago, moment, printTable } from './table.js';

interface GroupFlags extends ApiFlags {
  readonly rules?: true;
  readonly sets?: true;
  readonly history?: true;
}

/** `groups` and `group NAME`. */
export function addGroups(program: Command, io: CliIo): void {
  withApiFlags(program.command('groups'))
    .description('list groups: the state of their rulesets, their hosts, what is not well')
    .action(async (flags: ApiFlags) => {
      const groups = await readGroups(await apiOf(flags, io));
      if (flags.json === true) {
        io.out(`${JSON.stringify(groups)}\n`);
        return;
      }
      const now = Date.now() / 1000;
      printTable(
        io,
        ['group', 'profile', 'state', 'hosts', 'drifted', 'silent', 'published', 'why'],
        groups.map((line) => [
          line.name,
          line.profile,
          line.state === 'error' ? { text: line.state, colour: 'red' } : line.state,
          line.hosts,
          line.drifted,
          line.silent,
          ago(line.published_at, now),
          groupWhy(line),
        ]),
      );
    });
  withApiFlags(program.command('group'))
    .description('show one group, or its rules, sets or changes')
    .argument('<name>', 'its name or id')
    .option('--rules', 'the rules that its hosts are sent')
    .option('--sets', 'the sets that these rules name')
    .option('--history', 'what was published to its hosts, and who changed the group, when')
    .action(async (name: string, flags: GroupFlags) => {
      const chosen = [flags.rules, flags.sets, flags.history].filter((one) => one === true);
      if (chosen.length > 1)
        throw new CommandFailure('give one of --rules, --sets and --history', { exitCode: WRONG_USE });
      const api = await apiOf(flags, io);
      const group = await findGroup(api, name);
      if (flags.history === true) return history(api, group.id, flags, io);
      const ruleset = (await api.get(`/api/V2/group/${encodeURIComponent(group.id)}/ruleset`)) as JsonObject;
      if (flags.rules === true) return rules(api, group.id, flags, io);
      if (flags.sets === true) return sets(ruleset, flags, io);
      const line = (await readGroups(api)).find(({ id }) => id === group.id);
      if (flags.json === true) {
        io.out(`${JSON.stringify({ group, status: line ?? null })}\n`);
        return;
      }
      printFields(io, [
        ['name', textOf(group.name)],
        ['id', group.id],
        ['description', textOf(group.description)],
        ['profile', textOf(group.profile_name)],
        ['state', line?.state ?? '-'],
        ['error', line?.error ?? '-'],
        ['not sent', line?.not_sent ?? '-'],
        ['held at', line?.pinned ? heldText(line.pinned) : '-'],
        ['rollout', line?.rollout ? rolloutText(line.rollout) : '-'],
        ['hosts', line === undefined ? '-' : `${line.hosts}, ${line.drifted} drifted, ${line.silent} silent`],
        ['compiled', moment(line?.compiled_at ?? null)],
        ['published', moment(line?.published_at ?? null)],
        ['sets', isList(ruleset['sets']) ? String(ruleset['sets'].length) : '-'],
      ]);
    });
}

/** What one should know of a group: what is not well, what it is held at, what is on its way to its hosts. */
export function groupWhy({ error, not_sent: notSent, pinned, rollout }: GroupLine): string {
  if (error !== null || notSent !== null) return error ?? notSent ?? '';
  return [
    ...(rollout === null ? [] : [`rollout ${rolloutText(rollout)}`]),
    ...(pinned === null ? [] : [heldText(pinned)]),
  ].join('; ');
}

/** Such as `g1.3 is rolling (10 %)`. */
export function rolloutText({ id, state, step, why }: GroupRollout): string {
  return `${id} is ${stateText(state)}${step === null ? '' : ` (${step})`}${why === null ? '' : `: ${why}`}`;
}

function heldText({ number, author, reason, waiting }: HeldAt): string {
  return `held at revision ${number} by ${author}: ${reason}${waiting ? '; edits wait' : ''}`;
}

/** Every group as the leader knows it. */
export async function readGroups(api: Api): Promise<readonly GroupLine[]> {
  const path = '/api/V2/groups/status';
  const shape = {
    id: 'string',
    name: 'string',
    state: 'string',
    hosts: 'number',
    drifted: 'number',
    silent: 'number',
  } as const;
  return shapedList<GroupLine>(await api.get(path), shape, api.url + path);
}

async function rules(api: Api, id: string, { json }: GroupFlags, io: CliIo): Promise<void> {
  const base = `/api/V2/group/${encodeURIComponent(id)}`;
  const [v4, v6] = [await api.text(`${base}/ipsetsv4`), await api.text(`${base}/ipsetsv6`)];
  if (json === true) io.out(`${JSON.stringify({ v4: v4 ?? null, v6: v6 ?? null })}\n`);
  else if (v4 === undefined && v6 === undefined) throw new CommandFailure('nothing is compiled for this group yet');
  else io.out(`# IPv4\n${v4 ?? ''}\n# IPv6\n${v6 ?? ''}\n`);
}

function sets({ sets: named }: JsonObject, { json }: GroupFlags, io: CliIo): void {
  const names = isList(named) ? named.map(textOf) : [];
  if (json === true) io.out(`${JSON.stringify(names)}\n`);
  else for (const name of names) io.out(`${name}\n`);
}

/** What was published to its hosts, revision by revision, and who changed the group's document; the newest first. */
async function history(api: Api, id: string, { json }: GroupFlags, io: CliIo): Promise<void> {
  const trail = `/api/V2/audit?resource=group&id=${encodeURIComponent(id)}`;
  const entries = shapedList<JsonObject>(await api.get(trail), { seq: 'number', time: 'number' }, api.url + trail);
  const path = `/api/V2/group/${encodeURIComponent(id)}/revisions`;
  const { revisions } = shaped<JsonObject>(await api.get(path), { revisions: 'list' }, api.url + path);
  const shape = { number: 'number', compiled_at: 'number', author: 'string', hosts: 'number' } as const;
  const published = shapedList<JsonObject>(revisions, shape, api.url + path);
  if (json === true) {
    io.out(`${JSON.stringify({ revisions: published, changes: entries })}\n`);
    return;
  }
  const rows = [
    ...published.map((row) => ({
      at: Number(row['compiled_at']),
      cells: [`revision ${Number(row['number'])}`, textOf(row['author']), revisionText(row)] as const,
    })),
    ...entries.map(({ seq, time, author, before, after }) => ({
      at: Number(time),
      cells: [
        `change ${Number(seq)}`,
        textOf(author),
        before === null ? 'made' : after === null ? 'removed' : changed(before as JsonObject, after as JsonObject),
      ] as const,
    })),
  ];
  printTable(
    io,
    ['when', 'what', 'who', 'of it'],
    rows.sort((a, b) => b.at - a.at).map(({ at, cells }) => [moment(at), ...cells]),
  );
}

/** How many hosts run it, and why it was made. */
function revisionText({ hosts, pinned, reason }: JsonObject): string {
  return [
    `${counted(Number(hosts), 'host')} ${hosts === 1 ? 'runs' : 'run'} it`,
    ...(pinned === true ? ['pinned'] : []),
    ...(typeof reason === 'string' && reason !== '' ? [reason] : []),
  ].join(', ');
}

function changed(before: JsonObject, after: JsonObject): string {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])).join(', ');
}
