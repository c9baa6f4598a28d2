import { Option, type Command } from 'commander';
import { counted } from '../../model/counted.js';
import type { RolloutDetail, RolloutLine } from '../../operations/rollouts/rollout-answers.js';
import type { RolloutHostStatus } from '../../rollout/host-status.js';
import { ROLLOUT_STATES, type RolloutState } from '../../rollout/rollout.js';
import { stepText } from '../../rollout/rollout-policy.js';
import { CommandFailure, type CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { apiOf, type Api } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { printFields } from './print-fields.js';
import { NEEDS_SOMEBODY, stateText } from './rollout-words.js';
import { shaped, shapedList } from './shape.js';
import { ago, moment, printTable, type Cell, type Colour } from './table.js';

interface RolloutsFlags extends ApiFlags {
  readonly state?: RolloutState;
}

const ORDERS = ['pause', 'resume', 'abort', 'promote'] as const;

type RolloutFlags = ApiFlags & { readonly [K in (typeof ORDERS)[number]]?: true } & { readonly reason?: string };

/** `rollouts` and `rollout ID`: changes that go to hosts in steps (docs/rollout.md). */
export function addRollouts(program: Command, io: CliIo): void {
  withApiFlags(program.command('rollouts'))
    .description('list changes that went to hosts in steps, or are on their way; the newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(ROLLOUT_STATES))
    .action(async (flags: RolloutsFlags) => {
      const api = await apiOf(flags, io);
      const path = `/api/V2/rollouts${flags.state === undefined ? '' : `?state=${flags.state}`}`;
      const rollouts = shapedList<RolloutLine>(await api.get(path), LINE, api.url + path);
      if (flags.json === true) {
        io.out(`${JSON.stringify(rollouts)}\n`);
        return;
      }
      const now = Date.now() / 1000;
      printTable(
        io,
        ['rollout', 'group', 'state', 'step', 'hosts ahead', 'began', 'changed', 'who', 'why'],
        rollouts.map((line) => [
          line.id,
          line.group,
          stateCell(line.state),
          line.step,
          line.hosts_ahead,
          ago(line.created_at, now),
          ago(line.changed_at, now),
          line.author,
          line.why ?? line.reason ?? '',
        ]),
      );
    });
  withApiFlags(program.command('rollout'))
    .description('show one rollout and its hosts, or say what becomes of it')
    .argument('<id>', 'its id, as rollouts lists it')
    .option('--pause', 'stop it where it is: hosts keep what they have')
    .option('--resume', 'let it go on; one that was rolled back begins anew')
    .option('--abort', 'give hosts back what they had')
    .option('--promote', 'let it go to all hosts as soon as one has shown it')
    .option('--reason <text>', 'why; needed with any of these')
    .action(async (id: string, flags: RolloutFlags) => {
      const orders = ORDERS.filter((one) => flags[one] === true);
      const [order] = orders;
      if (orders.length > 1)
        throw new CommandFailure('give one of --pause, --resume, --abort and --promote', { exitCode: WRONG_USE });
      if ((order === undefined) !== (flags.reason === undefined))
        throw new CommandFailure(
          order === undefined
            ? '--reason says why of --pause, --resume, --abort or --promote: give one of them'
            : `--${order} needs --reason: say why`,
          { exitCode: WRONG_USE },
        );
      const api = await apiOf(flags, io);
      const rollout = await (order === undefined ? read(api, id) : tell(api, id, order, flags.reason ?? ''));
      if (flags.json === true) io.out(`${JSON.stringify(rollout)}\n`);
      else if (order === undefined) print(io, rollout);
      else io.out(`rollout ${rollout.id} of group ${rollout.group} is ${stateText(rollout.state)}\n`);
    });
}

const LINE = {
  id: 'string',
  group: 'string',
  state: 'string',
  hosts_ahead: 'number',
  author: 'string',
  created_at: 'number',
  changed_at: 'number',
  failed: 'list',
} as const;

const DETAIL = { ...LINE, 'policy.steps': 'list', counts: 'object', hosts: 'list' } as const;

async function read(api: Api, id: string): Promise<RolloutDetail> {
  const path = `/api/V2/rollout/${encodeURIComponent(id)}`;
  const found = await api.find(path);
  if (found === undefined)
    throw new CommandFailure(`there is no rollout ${JSON.stringify(id)}; dog-trainer rollouts lists them`);
  return shaped<RolloutDetail>(found, DETAIL, api.url + path);
}

async function tell(api: Api, id: string, order: (typeof ORDERS)[number], reason: string): Promise<RolloutDetail> {
  const path = `/api/V2/rollout/${encodeURIComponent(id)}/${order}`;
  return shaped<RolloutDetail>(await api.post(path, { reason }), DETAIL, api.url + path);
}

function stateCell(state: RolloutState): Cell {
  const text = stateText(state);
  if (state === 'done') return { text, colour: 'green' };
  return NEEDS_SOMEBODY.has(state) || state === 'rolling_back' ? { text, colour: 'red' } : text;
}

const COLOURS: Readonly<Partial<Record<RolloutHostStatus, Colour>>> = { ok: 'green', differs: 'red', silent: 'red' };

/** Its members, then its hosts: those that have the new rules first. */
function print(io: CliIo, rollout: RolloutDetail): void {
  const { policy, counts, hosts, failed } = rollout;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const statuses = Object.entries(counts).filter(([, count]) => count > 0);
  printFields(io, [
    ['rollout', rollout.id],
    ['group', rollout.group],
    ['state', stateText(rollout.state)],
    ['why', rollout.why ?? '-'],
    ['failed', failed.map(({ name, status }) => `${name} (${status})`).join(', ')],
    ['steps', policy.steps.map(stepText).join(', ')],
    ['step', rollout.step === null ? '-' : `${rollout.steps_begun} of ${policy.steps.length}: ${rollout.step}`],
    ['a host counts after', `${counted(1 + policy.bake_keepalives, 'report')} that show the new rules`],
    ['a host has', `${policy.deadline_seconds} seconds`],
    ['on failure', policy.on_failure === 'pause' ? 'it pauses' : 'it is rolled back'],
    ['reconnect proof', rollout.reconnect_proof],
    ['made by', rollout.author],
    ['reason', rollout.reason ?? '-'],
    ['override', rollout.override ?? '-'],
    ['began', moment(rollout.created_at)],
    ['changed', moment(rollout.changed_at)],
    ['ended', moment(rollout.ended_at)],
    ['hosts', total === 0 ? '-' : `${total}: ${statuses.map(([status, count]) => `${count} ${status}`).join(', ')}`],
  ]);
  if (hosts.length === 0) return;
  io.out('\n');
  printTable(
    io,
    ['host', 'hostkey', 'status', 'why'],
    hosts.map(({ name, hostkey, status, why }) => {
      const colour = COLOURS[status];
      return [name, hostkey, colour === undefined ? status : { text: status, colour }, why ?? ''];
    }),
  );
  if (total > hosts.length) io.out(`… and ${counted(total - hosts.length, 'more host')}\n`);
}
