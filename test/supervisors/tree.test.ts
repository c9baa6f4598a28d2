import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startDynamicChild, tree, type ActorNode, type ChildSpec } from '../../src/otp/index.js';
import { virtualSystem, type VirtualSystem } from '../../src/otp/testing/index.js';
import { dogTrainerSup, waitingSup } from '../../src/supervisors/dog-trainer-sup.js';
import { leaderSup } from '../../src/supervisors/leader-sup.js';
import { observeSup } from '../../src/supervisors/observe-sup.js';
import { stubActor, stubMakers, stubWatchers } from '../support/stub-actors.js';
import { started } from '../support/supervision.js';

/** The tree that a spec starts, on virtual time, with actors that do nothing. */
async function treeOf(spec: ChildSpec, more?: (v: VirtualSystem) => Promise<unknown>): Promise<ActorNode> {
  const v = virtualSystem();
  const parent = await v.run(v.system.spawn({ init: () => undefined, handle: () => undefined }, { label: 'the test' }));
  const root = started(await v.run(spec.start({ system: v.system, parent })));
  await more?.(v);
  return tree(v.system, root) as ActorNode;
}

/** Every supervisor of a tree, top-down: strategy, restarts allowed, and the ids of its children. */
function supervisors(node: ActorNode): readonly (readonly [string, string, string, string])[] {
  if (node.supervisor === undefined) return [];
  const { strategy, intensity, periodS } = node.supervisor;
  const children = (node.children ?? []).map(({ id }) => id).join(' ');
  return [
    [node.id, strategy, `${intensity} in ${periodS} s`, children],
    ...(node.children ?? []).flatMap((child) => supervisors(child)),
  ];
}

const WATCHERS =
  'watcher_external watcher_group watcher_host watcher_host_report watcher_ipset watcher_link watcher_profile ' +
  'watcher_ruleset watcher_service watcher_zone';
const PUBLISHERS =
  'agent_guard ipset_publisher iptables_publisher config_publisher remote_commands census last_good_keeper read_back ' +
  'security_groups';
const OF_WORK = [
  ['broker_sup', 'rest_for_one', '10 in 60 s', 'journal broker_connection outbox report_connection'],
  ['groups_sup', 'simple_one_for_one', '1 in 5 s', ''],
  ['hosts_sup', 'simple_one_for_one', '1 in 5 s', ''],
  ['publishers_sup', 'one_for_one', '10 in 60 s', PUBLISHERS],
  ['rollouts_sup', 'one_for_one', '10 in 60 s', 'rollout_sup rollout_keeper'],
  ['rollout_sup', 'simple_one_for_one', '1 in 5 s', ''],
  ['links_sup', 'one_for_one', '10 in 60 s', 'link_sup link_keeper'],
  ['link_sup', 'simple_one_for_one', '1 in 5 s', ''],
  ['watchers_sup', 'one_for_one', '20 in 60 s', WATCHERS],
  ['alerts_sup', 'one_for_one', '5 in 60 s', 'mailer'],
] as const;
const STORE = ['store_sup', 'one_for_one', '5 in 10 s', 'store'] as const;
const HTTP = ['http_sup', 'one_for_one', '5 in 60 s', 'api metrics admin'] as const;
const INTAKE = ['intake_sup', 'one_for_one', '10 in 60 s', 'intake'] as const;

describe('the tree of supervisors', () => {
  it('of a server that is alone', async () => {
    expect(supervisors(await treeOf(dogTrainerSup(stubMakers())))).toEqual([
      [
        'dog_trainer',
        'rest_for_one',
        '5 in 10 s',
        'store_sup broker_sup groups_sup hosts_sup publishers_sup rollouts_sup links_sup watchers_sup alerts_sup http_sup intake_sup',
      ],
      STORE,
      ...OF_WORK,
      HTTP,
      INTAKE,
    ]);
  });

  it('of a lead: what a server alone has, but store and HTTP', async () => {
    expect(supervisors(await treeOf(leaderSup(stubMakers())))).toEqual([
      [
        'leader_sup',
        'rest_for_one',
        '5 in 10 s',
        'broker_sup groups_sup hosts_sup publishers_sup rollouts_sup links_sup watchers_sup alerts_sup intake_sup',
      ],
      ...OF_WORK,
      INTAKE,
    ]);
  });

  it('of a server that waits: whoever starts the rest comes last', async () => {
    const spec = waitingSup(stubMakers(), { id: 'candidate', make: stubActor });
    expect(supervisors(await treeOf(spec))).toEqual([
      ['dog_trainer', 'rest_for_one', '5 in 10 s', 'store_sup http_sup candidate'],
      STORE,
      HTTP,
    ]);
  });

  it('of a server that only looks on', async () => {
    const spec = observeSup({ observer: stubActor, watchers: stubWatchers() });
    expect(supervisors(await treeOf(spec))).toEqual([
      ['observe_sup', 'rest_for_one', '5 in 10 s', 'observer watchers_sup'],
      ['watchers_sup', 'one_for_one', '20 in 60 s', WATCHERS],
    ]);
  });

  it('names hosts and groups by their kind and key', async () => {
    const root = await treeOf(dogTrainerSup(stubMakers()), async (v) => {
      await v.run(startDynamicChild(v.system, 'hosts_sup', ['h1']));
      await v.run(startDynamicChild(v.system, 'groups_sup', ['g1']));
    });
    const children = (id: string) => root.children?.find((node) => node.id === id)?.children?.map((node) => node.path);
    expect(children('hosts_sup')).toEqual(['dog_trainer/hosts_sup/host:h1']);
    expect(children('groups_sup')).toEqual(['dog_trainer/groups_sup/group:g1']);
  });

  it('is the one that docs/architecture.md draws: names, order, strategies, workers', async () => {
    const drawn = drawnTree();
    const real = supervisors(await treeOf(dogTrainerSup(stubMakers())));
    expect(drawn.map(({ name, strategy }) => [name, strategy])).toEqual(
      real.map(([name, strategy]) => [name, strategy]),
    );
    expect(drawn[0]?.rest).toBe(real[0]?.[2]);
    for (const [at, [name, , , children]] of real.entries()) {
      const said = new Set((drawn[at]?.rest ?? '').match(/[a-z_]+/g));
      const workers = children
        .split(' ')
        .filter((id) => id !== '' && !id.endsWith('_sup') && !id.startsWith('watcher_'));
      expect(
        workers.filter((id) => !said.has(id)),
        name,
      ).toEqual([]);
    }
    const watchers = WATCHERS.split(' ').length;
    expect(drawn.find(({ name }) => name === 'watchers_sup')?.rest).toBe(
      `watcher_<table>, ${watchers === 10 ? 'ten' : watchers} of them`,
    );
  });
});

/** The lines of the picture, what a line carries on added to the one before. */
function drawnTree(): readonly { readonly name: string; readonly strategy: string; readonly rest: string }[] {
  const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  const picture = /## The tree\n\n```\n([^`]*)```/.exec(page)?.[1] ?? '';
  const rows: { name: string; strategy: string; rest: string }[] = [];
  for (const line of picture.trimEnd().split('\n')) {
    const [, name, strategy, rest = ''] = /^[├└─│ ]*([a-z_]+) +([a-z_]+_for_(?:one|all)) +(.*)$/.exec(line) ?? [];
    const last = rows.at(-1);
    if (name !== undefined && strategy !== undefined) rows.push({ name, strategy, rest });
    else if (last !== undefined) last.rest += ` ${line.replace(/^[│ ]+/, '')}`;
  }
  return rows;
}
