import { LIVE_FIELDS } from '../../host/unverified.js';
import type { HashField } from '../../host/hash-check.js';
import { knowledgeFromDoc, type RunsVariant } from '../../host/host-report.js';
import { readBackHash } from '../../firewall/iptables/read-back-hash.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import type { Clock, DetailObject, KeyedChildren, Self, GenServer } from '../../otp/index.js';
import { REMOTE_COMMANDS } from '../commands/remote-commands-messages.js';
import type { Config } from '../../config/schema.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { World } from '../../world/world.js';
import { assignedTo, type AssignedNeeds } from '../groups/assigned.js';
import type { Log } from '../../log/log.js';
import type { HostCast } from './host-messages.js';
import { readsBack, type ReadBackSwitch } from './reads-back.js';

export interface ReadBackNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: Pick<Config, 'check_v6_hashes' | 'hashcheck_alert_seconds' | 'command_execution_timeout_ms'> &
    ReadBackSwitch & { readonly drift: Pick<Config['drift'], 'read_back_seconds' | 'read_back_directory'> };
  readonly world: Pick<World, 'rows' | 'groupByName' | 'hostByKey' | 'knowledge'>;
  readonly outputs: AssignedNeeds['outputs'];
  readonly hosts: Pick<KeyedChildren<HostCast>, 'send'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Hosts asked at the same time, each for one table after the other. */
const MOST_AT_ONCE = 8;
/** Between two looks for hosts that are due. */
const LOOK_MS = 1000;
/** Beyond what was sent, so many characters are read: chains of docker, say. */
const ROOM = 1 << 20;
/** More than the remote command's own time-out, which is the one that counts. */
const SLACK_MS = 2000;

type Info =
  | { readonly tag: 'look' }
  | { readonly tag: 'read'; readonly hostkey: string; readonly wanted: string; readonly found: Found };
type Found = { readonly differing: readonly HashField[] } | { readonly failed: string };

/**
 * Asks hosts whose agents can't show their rules for them, now and then, a few at a time, and tells their actors which
 * are not as sent. It runs only where this server leads. What can't be read says nothing about the host's rules.
 */
export class ReadBack implements GenServer<never, never, never, Info> {
  readonly #needs: ReadBackNeeds;
  /** When each host is due next, in monotonic milliseconds. */
  readonly #due = new Map<string, number>();
  readonly #asking = new Set<string>();
  readonly #last = new Map<string, 'agrees' | 'differs' | 'failed'>();

  constructor(needs: ReadBackNeeds) {
    this.#needs = needs;
  }

  init(self: Self<Info>): void {
    if (readsBack(this.#needs.config)) self.sendInterval(LOOK_MS, { tag: 'look' });
  }

  handleInfo(self: Self<Info>, message: Info): void {
    if (message.tag === 'read') this.#take(message);
    else this.#look(self);
  }

  describe(): DetailObject {
    return { enabled: readsBack(this.#needs.config), asking: this.#asking.size, ...this.#counts() };
  }

  #counts(): Record<'agrees' | 'differs' | 'failed', number> {
    const counts = { agrees: 0, differs: 0, failed: 0 };
    for (const verdict of this.#last.values()) counts[verdict] += 1;
    return counts;
  }

  #look(self: Self<Info>): void {
    const { world, clock, metrics, config } = this.#needs;
    const now = clock.monotonic();
    const here = new Set<string>();
    for (const row of world.rows('host').values()) {
      if (row.unverified !== true || row.active !== 'active') continue;
      const hostkey = textOf(row.hostkey);
      here.add(hostkey);
      const due = this.#due.get(hostkey);
      // The first time is anywhere within the interval: not all of a fleet when a server starts.
      if (due === undefined) this.#due.set(hostkey, now + Math.random() * config.drift.read_back_seconds * 1000);
      else if (due <= now && !this.#asking.has(hostkey) && this.#asking.size < MOST_AT_ONCE)
        this.#ask(self, hostkey, textOf(row.group));
    }
    for (const hostkey of this.#due.keys())
      if (!here.has(hostkey)) {
        this.#due.delete(hostkey);
        this.#last.delete(hostkey);
      }
    for (const [verdict, count] of Object.entries(this.#counts()))
      metrics.gauge('dog_trainer_read_back', verdict as 'agrees', count);
  }

  #ask(self: Self<Info>, hostkey: string, groupName: string): void {
    const { world, config, clock } = this.#needs;
    const now = clock.monotonic();
    // Up to a tenth sooner, so that hosts that fell into step part again.
    this.#due.set(hostkey, now + config.drift.read_back_seconds * 1000 * (1 - Math.random() / 10));
    const variant = knowledgeFromDoc(world.knowledge(hostkey))?.unverified;
    const wanted = variant === undefined ? undefined : this.#wanted(hostkey, groupName, variant);
    if (variant === undefined || wanted === undefined) return;
    this.#asking.add(hostkey);
    self.pipeToSelf(
      this.#read(self, hostkey, variant, wanted),
      (found) => ({ tag: 'read', hostkey, wanted: wanted.key, found }),
      (error) => {
        const failed = error instanceof Error ? error.message : String(error);
        return { tag: 'read', hostkey, wanted: wanted.key, found: { failed } };
      },
    );
  }

  /** What the host should have: nothing while it has had no time to load it. */
  #wanted(hostkey: string, groupName: string, variant: RunsVariant) {
    const { clock, config } = this.#needs;
    const { output, since: changedAt } = assignedTo(this.#needs, { hostkey, group: groupName }) ?? {};
    if (output === undefined || output.publishedAt === null || changedAt === undefined) return undefined;
    if (Math.abs(clock.now() / 1000 - changedAt) < config.hashcheck_alert_seconds) return undefined;
    const { texts } = output.ruleset;
    const [four, six] = variantsOfType(variant);
    const hashes = { four: texts[four.key].hash, six: texts[six.key].hash };
    return { ...hashes, key: `${groupName} ${hashes.four} ${hashes.six}` };
  }

  async #read(
    self: Self<Info>,
    hostkey: string,
    variant: RunsVariant,
    wanted: { readonly four: string; readonly six: string },
  ): Promise<Found> {
    const { config } = this.#needs;
    const [field4, field6] = LIVE_FIELDS[variant];
    const tables = [
      ['iptables-save', field4, wanted.four],
      ...(config.check_v6_hashes ? [['ip6tables-save', field6, wanted.six] as const] : []),
    ] as const;
    const differing: HashField[] = [];
    for (const [tool, field, hash] of tables) {
      const found = await this.#print(self, hostkey, tool);
      if ('unreadable' in found) return { failed: `${tool}: ${found.unreadable}` };
      if (found.hash !== hash) differing.push(field);
    }
    return { differing };
  }

  async #print(self: Self<Info>, hostkey: string, tool: string) {
    const { config } = this.#needs;
    const { read_back_directory: directory } = config.drift;
    const timeoutMs = config.command_execution_timeout_ms;
    const commandLine = `${directory === undefined ? '' : `${directory}/`}${tool} -t filter`;
    // Without a shell agents hand over all arguments as one.
    const request = { command: 'execute_command', commandLine, useShell: true } as const;
    const question = { tag: 'request', hostkey, request, apiUser: 'dog_trainer', timeoutMs } as const;
    const answer = await self.call(REMOTE_COMMANDS, question, timeoutMs + SLACK_MS);
    if (!answer.ok) return { unreadable: answer.message };
    const { reply } = answer;
    if (reply.kind === 'error')
      return { unreadable: `${reply.text.slice(0, 200) || 'the command failed'} (see drift.read_back_directory)` };
    return readBackHash(reply.kind === 'ok' ? reply.output : reply.bytes.toString('utf8'), 4 * ROOM);
  }

  #take({ hostkey, wanted, found }: Extract<Info, { tag: 'read' }>): void {
    const { world, hosts, log } = this.#needs;
    this.#asking.delete(hostkey);
    const row = world.hostByKey(hostkey);
    if (row?.unverified !== true) return;
    const before = this.#last.get(hostkey);
    if ('failed' in found) {
      if (before !== 'failed')
        log.warn({ hostkey, name: textOf(row.name), reason: found.failed }, 'the rules of a host cannot be read back');
      this.#last.set(hostkey, 'failed');
      return;
    }
    const variant = knowledgeFromDoc(world.knowledge(hostkey))?.unverified;
    // It was sent something else, or moved, while it was asked: the next look tells.
    if (variant === undefined || this.#wanted(hostkey, textOf(row.group), variant)?.key !== wanted) return;
    this.#last.set(hostkey, found.differing.length > 0 ? 'differs' : 'agrees');
    hosts.send(hostkey, { tag: 'read_back', differing: found.differing });
  }
}
