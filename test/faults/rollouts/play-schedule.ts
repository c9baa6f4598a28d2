import type { JsonObject } from '../../../src/model/document.js';
import { fleetAddresses } from '../../../src/sim/fleet-hosts.js';
import type { SimAgent } from '../../../src/sim/sim-agent.js';
import { ROLLOUT_COMMANDS, type RolloutCommand } from '../../../src/actors/rollouts/rollout-messages.js';
import { hostsAhead, isLive, type Rollout } from '../../../src/rollout/rollout.js';
import type { Dice } from '../random-edits/dice.js';
import type { FleetOfServers } from './fleet-of-servers.js';

/** What was done in one schedule, in order, for the one who has to find out why it failed. */
export type Story = string[];

/** How long faults go on, and how long everything may take to come right afterwards; virtual milliseconds. */
const LENGTH_MS = 14_000;
const SETTLE_MS = 150_000;

/** Faults at random moments, then none any more; throws when it does not come right then. */
export async function playSchedule(world: FleetOfServers, dice: Dice, story: Story): Promise<void> {
  const player = new Player(world, dice, story);
  await player.act('edit');
  for (const end = world.clock.monotonic() + LENGTH_MS; world.clock.monotonic() < end;) {
    await world.pass(100 + dice.below(14) * 100);
    await player.act(dice.pick(ACTS));
    await player.raise();
  }
  await player.endFaults();
}

const ACTS = [
  ...Array<'edit'>(5).fill('edit'),
  ...Array<'command'>(5).fill('command'),
  ...Array<'kill'>(4).fill('kill'),
  'undo',
  'wrong',
  'wrong',
  'silent',
  'silent',
  'all silent',
  'broker away',
  'broker blocked',
  'move',
  'move',
  'retire',
  'join',
  'address',
  'zone',
  'agent restarts',
  'actor dies',
] as const;
type Act = (typeof ACTS)[number];

class Player {
  readonly #world: FleetOfServers;
  readonly #dice: Dice;
  readonly #story: Story;
  #edits = 0;
  #joins = 0;
  /** Their rules are written over as often as they are mended. */
  readonly #wrong = new Set<SimAgent>();
  readonly #moved = new Set<SimAgent>();
  #last = 0;

  constructor(world: FleetOfServers, dice: Dice, story: Story) {
    this.#world = world;
    this.#dice = dice;
    this.#story = story;
  }

  get #rollout(): Rollout | undefined {
    return this.#world.state?.outputs.rollouts.get(this.#world.web);
  }

  #tell(text: string): void {
    const rollout = this.#rollout;
    const at = (this.#world.clock.monotonic() / 1000).toFixed(1);
    this.#story.push(`${at} ${text} (${rollout === undefined ? 'none' : `${rollout.id} ${rollout.state}`})`);
  }

  async act(act: Act): Promise<void> {
    const [world, dice] = [this.#world, this.#dice];
    const agent = dice.pick(world.agents);
    switch (act) {
      case 'edit':
        return this.#edit((this.#edits += 1));
      case 'undo':
        return this.#edit(0);
      case 'command':
        return this.#command(dice.pick(ROLLOUT_COMMANDS));
      case 'kill':
        return this.#kill();
      case 'wrong': {
        const first = this.#rollout?.steps[0]?.hosts[0];
        const chosen = world.agents.find(({ hostkey }) => hostkey === first) ?? agent;
        this.#tell(`wrong rules at ${chosen.hostkey}`);
        this.#wrong.add(chosen);
        return;
      }
      case 'silent': {
        const ahead = this.#rollout === undefined ? [] : hostsAhead(this.#rollout);
        const chosen = world.agents.find(({ hostkey }) => ahead.includes(hostkey)) ?? agent;
        this.#tell(`silent: ${chosen.hostkey}`);
        return chosen.inject({ kind: 'silent' });
      }
      case 'all silent':
        this.#tell('all are silent');
        await Promise.all(world.agents.map((one) => one.inject({ kind: 'silent' })));
        await world.pass(dice.below(4) * 1000);
        await Promise.all(world.agents.map((one) => one.inject({ kind: 'talkative' })));
        return;
      case 'broker away':
        this.#tell('broker away');
        world.broker.fail('by the trial');
        await world.pass(200 + dice.below(30) * 100);
        return world.broker.recover();
      case 'broker blocked':
        this.#tell('broker blocked');
        world.broker.block('by the trial');
        await world.pass(200 + dice.below(30) * 100);
        return world.broker.unblock();
      case 'move':
        this.#moved.add(agent);
        return this.#host(agent, (row) => ({ group: row['group'] === 'web' ? 'db' : 'web' }));
      case 'retire':
        return this.#host(agent, (row) => ({ active: row['active'] === 'retired' ? 'active' : 'retired' }));
      case 'join':
        this.#tell('a host joins');
        return world.join(20 + (this.#joins += 1)).catch(() => undefined);
      case 'address': {
        const index = dice.below(9);
        return world.agents[index]?.setInterfaces({
          lo: ['127.0.0.1'],
          eth0: fleetAddresses(index, 1 + dice.below(5)),
        });
      }
      case 'zone':
        return world.edit('zone', world.zone, { ipv4_addresses: ['192.0.2.1', `192.0.2.${2 + dice.below(200)}`] });
      case 'agent restarts':
        this.#tell(`${agent.hostkey} restarts`);
        await world.flow(agent.inject({ kind: 'restarts' }).catch(() => undefined));
        return;
      case 'actor dies': {
        const { state } = world;
        const pid = dice.pick([state?.rollers, state?.groups])?.whereis(world.web);
        if (pid !== undefined) state?.system.exit(pid, 'kill', pid);
        this.#tell('the actor of the group, or its roller, dies');
      }
    }
  }

  /** After each act: what goes on by itself. */
  async raise(): Promise<void> {
    const dice = this.#dice;
    for (const agent of this.#wrong) {
      await agent.inject({ kind: 'tampered' });
      if (dice.next() < 0.15) this.#wrong.delete(agent);
    }
    if (dice.next() < 0.2) for (const agent of this.#world.agents) await agent.inject({ kind: 'talkative' });
    await this.#replaceDead(dice.next() < 0.6);
  }

  async #edit(number: number): Promise<void> {
    this.#last = number;
    this.#tell(`edit ${number}`);
    await this.#world.edit('ruleset', this.#world.ruleset, {
      rules: { inbound: this.#world.rules(number), outbound: [] },
    });
  }

  async #command(tag: RolloutCommand): Promise<void> {
    const [rollout, state] = [this.#rollout, this.#world.state];
    if (rollout === undefined || state === undefined) return;
    this.#tell(tag);
    const call = { tag, id: rollout.id, author: 'trial', reason: 'by the trial' };
    // A server that is killed meanwhile answers nothing.
    await this.#world.flow(state.rollers.call(this.#world.web, call, 3000).catch(() => undefined));
  }

  #kill(): void {
    const dice = this.#dice;
    const server = this.#world.servers.find(({ alive }) => alive);
    if (server === undefined) return;
    if (dice.next() < 0.2) {
      this.#tell('kill -9 now');
      server.kill();
      return;
    }
    const [nth, when] = [1 + dice.below(3), dice.pick(['before', 'after'] as const)];
    this.#tell(`kill -9 ${when} transition ${nth} from now`);
    for (const each of this.#world.servers) if (each.alive) each.dieAt(nth, when);
  }

  async #host(agent: SimAgent, change: (row: JsonObject) => JsonObject): Promise<void> {
    const row = this.#world.state?.world.hostByKey(agent.hostkey);
    if (row === undefined) return;
    const to = change(row);
    this.#tell(`${agent.hostkey} ${JSON.stringify(to)}`);
    await this.#world.edit('host', row.id, to);
  }

  async #replaceDead(now: boolean): Promise<void> {
    const world = this.#world;
    const wanted = world.elected ? 2 : 1;
    if (!now || world.servers.filter(({ alive }) => alive).length >= wanted) return;
    for (const server of world.servers) if (!server.alive) void server.stop();
    await world.flow(world.startServer());
    this.#tell('another server starts');
  }

  async endFaults(): Promise<void> {
    const world = this.#world;
    this.#tell('faults are over');
    this.#wrong.clear();
    world.broker.recover();
    world.broker.unblock();
    for (const server of world.servers) server.dieAt(Infinity, 'after');
    for (const agent of world.agents) await agent.inject({ kind: 'talkative' });
    while (world.servers.every(({ alive }) => !alive)) await this.#replaceDead(true);
    await world.until(() => world.state !== undefined, 'a server works', SETTLE_MS);
    // An agent hears of one move only, until it starts anew (docs/protocol.md#the-first-message-costs-the-queue), and one
    // that was silent when it started has told nobody that it is there.
    const unheard = (agent: SimAgent) => world.state?.world.hostByKey(agent.hostkey) === undefined;
    for (const agent of world.agents)
      if (this.#moved.has(agent) || unheard(agent))
        await world.flow(agent.inject({ kind: 'restarts' }).catch(() => undefined));
    const end = world.clock.monotonic() + SETTLE_MS;
    for (let quiet = 0; quiet < 3;) {
      if (world.clock.monotonic() > end)
        throw new Error(`it does not come right: ${this.#standing()}; ${world.differing().join('; ')}`);
      await world.pass(1000);
      const rollout = this.#rollout;
      if (rollout?.state === 'paused' && rollout.pause?.kind !== 'blind')
        await this.#command(this.#dice.pick(['resume', 'abort']));
      quiet = (rollout === undefined || !isLive(rollout)) && world.differing().length === 0 ? quiet + 1 : 0;
    }
    this.#tell('all is quiet');
    const rollout = this.#rollout;
    const given = world.state?.outputs.get(world.web)?.ruleset;
    const wanted = rollout?.state === 'rolled_back' ? rollout.base.texts.set4.text : this.#textOf(this.#last);
    if (typeof wanted === 'string' ? given?.texts.set4.text !== wanted : !wanted.test(given?.texts.set4.text ?? ''))
      throw new Error(`the group has other rules than those of edit ${this.#last}`);
  }

  #standing(): string {
    const { state, web } = this.#world;
    const pid = state?.rollers.whereis(web);
    const roller = pid === undefined ? 'none' : state?.system.sys.getStatus(pid);
    return JSON.stringify({ roller, progress: [...(state?.outputs.rollouts.watch(web).progress ?? [])] });
  }

  #textOf(edit: number): RegExp {
    return edit === 0 ? /^(?![^]*edit \d)/ : new RegExp(`edit ${edit}\\b`);
  }
}
