import type { BrokerConnection, Delivery } from '../broker/broker.js';
import { decodeConfig, type HostConfig } from '../wire/messages/config.js';
import { realClock, type Clock, type TimerHandle } from '../otp/index.js';
import { stampAt } from '../wire/messages/envelope.js';
import { decodeRequest } from '../wire/messages/file-transfer.js';
import { encodeReport, type ReportedHashes, type UpdateType } from '../wire/messages/report.js';
import { decodeRulesPayload, type RulesetTexts } from '../wire/messages/rules-payload.js';
import { answerRequest, type CommandResult, type CommandRunner, type HostFiles } from './agent-commands.js';
import { TAMPERED_RULE, type AgentFault, type MalformedReport } from './agent-fault.js';
import { agentHashes, type Enforcement } from './agent-hashes.js';
import { configOf, type AgentIdentity } from './agent-identity.js';
import { AgentQueues } from './agent-queues.js';
import { reportFields } from './agent-report.js';
import { applyRules } from './agent-rules.js';
import type { AgentTiming } from './agent-timing.js';
import { declareReports, type AgentQueue } from './agent-topology.js';
import { spoil } from './malformed-report.js';
import { runFileCommand } from './host-file-commands.js';
import { SimKernel } from './kernel/sim-kernel.js';

export interface AgentOptions {
  readonly identity: AgentIdentity;
  readonly timing: AgentTiming;
  readonly enforcement?: Enforcement;
  readonly clock?: Clock;
  /** Default: saves the filter tables, and prints whatever else it was asked. */
  readonly run?: CommandRunner;
  /** Whether the host's own rules let a report out to the broker now; default: always. */
  readonly letsOut?: LetsOut;
}

/** Asked right before each report, with what is loaded and the host's address. */
export type LetsOut = (host: { readonly kernel: SimKernel; readonly identity: AgentIdentity }) => boolean;

/** What an observer may know of a simulated host. */
export interface AgentProgress {
  readonly hostkey: string;
  readonly name: string;
  /** As the agent has it, which after a config message is not what its rules queue is bound to. */
  readonly group: string;
  readonly running: boolean;
  readonly reportsSent: number;
  readonly rulesetsApplied: number;
  readonly ipsetsApplied: number;
  /** Of what is live now; reported with the next sample, but by an Elixir agent, which can't. */
  readonly hashes: ReportedHashes;
  readonly lastError: string | undefined;
}

/** The commands whose output is known. */
const SAVES: ReadonlyMap<string, 'inet' | 'inet6'> = new Map([
  ['iptables-save -t filter', 'inet'],
  ['ip6tables-save -t filter', 'inet6'],
]);

/** The agent's process has ended; whatever it was at is dropped. */
class ProcessEnded extends Error {}

/**
 * One host with its agent, as the server sees them (docs/protocol.md#what-an-agent-does). The kernel, the files and
 * `config.json` outlive the process; the rest begins anew with each start.
 */
export class SimAgent {
  readonly kernel = new SimKernel();
  /** Files that commands see. */
  readonly hostFiles: HostFiles = new Map();
  readonly #options: AgentOptions;
  readonly #clock: Clock;
  readonly #enforcement: Enforcement;
  readonly #rulesetFiles = new Map<keyof RulesetTexts, string>();
  readonly #timers = new Set<TimerHandle>();
  readonly #queues: AgentQueues;
  #identity: AgentIdentity;
  #config: HostConfig;
  #connection: BrokerConnection | undefined;
  /** Counts processes; work of an earlier one stops when it sees another number. 0: none runs. */
  #process = 0;
  #lastProcess = 0;
  /** This process has its queues, and has sent its `force`. */
  #ready = false;
  #sample: { readonly hashes: ReportedHashes; readonly interfaces: string };
  #silent = false;
  #malformed: MalformedReport | undefined;
  #applyDelayMs = 0;
  #reportsSent = 0;
  #rulesetsApplied = 0;
  #ipsetsApplied = 0;
  #lastError: string | undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#enforcement = options.enforcement ?? { enforcing: true, useIpsets: true };
    this.#identity = options.identity;
    this.#config = configOf(options.identity);
    this.#sample = this.#takeSample();
    this.#queues = new AgentQueues(
      (queue, delivery) => this.#take(queue, delivery),
      (error) => this.#note(error),
    );
  }

  get hostkey(): string {
    return this.#config.hostkey;
  }

  /** Whether its reports tell of the rules that it has loaded: the Elixir agent's do not. */
  get showsItsRules(): boolean {
    return this.#identity.kind === 'erlang';
  }

  /** What has to do with whether its own rules let its packets pass. */
  get host(): Parameters<LetsOut>[0] {
    return { kernel: this.kernel, identity: this.#identity };
  }

  progress(): AgentProgress {
    return {
      hostkey: this.hostkey,
      name: this.#identity.name,
      group: this.#config.group,
      running: this.#process !== 0,
      reportsSent: this.#reportsSent,
      rulesetsApplied: this.#rulesetsApplied,
      ipsetsApplied: this.#ipsetsApplied,
      hashes: agentHashes(this.kernel, this.#rulesetFiles, this.#enforcement),
      lastError: this.#lastError,
    };
  }

  /** Starts the process on a live connection; the first report follows after `startDelayMs`. */
  start(connection: BrokerConnection): void {
    if (this.#process !== 0) throw new Error(`${this.hostkey} runs already`);
    this.#process = ++this.#lastProcess;
    this.#connection = connection;
    this.#ready = false;
    this.#after(this.#options.timing.startDelayMs, () => this.#begin());
  }

  /**
   * The connection was lost and there is another: queues come back with their old keys, and no `force`
   * (docs/protocol.md#delivery).
   */
  async reattach(connection: BrokerConnection): Promise<void> {
    if (this.#process === 0) return;
    this.#connection = connection;
    if (this.#ready) await this.#work(() => this.#declare());
  }

  /**
   * Ends the process. `announced`: the Erlang agent says so and goes `stopDelayMs` later; the Elixir one just goes.
   * Resolves when its queues are gone.
   */
  async stop(how: { readonly announced: boolean } = { announced: false }): Promise<void> {
    if (this.#process === 0) return;
    if (how.announced && this.#identity.kind === 'erlang') {
      await this.#work(() => this.#report('force', true));
      await new Promise<void>((resolve) => void this.#clock.setTimer(this.#options.timing.stopDelayMs, resolve));
    }
    this.#process = 0;
    for (const timer of this.#timers) this.#clock.clearTimer(timer);
    this.#timers.clear();
    await this.#queues.end();
  }

  /** Puts a fault in; resolves when it is in force. */
  async inject(fault: AgentFault): Promise<void> {
    switch (fault.kind) {
      case 'silent':
        this.#silent = true;
        return;
      case 'talkative':
        this.#silent = false;
        this.#malformed = undefined;
        this.#applyDelayMs = 0;
        return;
      case 'tampered':
        this.kernel.appendRule('inet', fault.rule ?? TAMPERED_RULE);
        return;
      case 'slow':
        this.#applyDelayMs = fault.ms;
        return;
      case 'malformed':
        this.#malformed = fault.how;
        return;
      case 'restarts': {
        const connection = this.#connection;
        await this.stop();
        if (connection !== undefined) this.start(connection);
        return;
      }
    }
  }

  /** The host's addresses change; the next sample shows it. */
  setInterfaces(interfaces: AgentIdentity['interfaces']): void {
    this.#identity = { ...this.#identity, interfaces };
  }

  /** Sends a report now. */
  sendReport(updateType: UpdateType): Promise<void> {
    return this.#work(() => this.#report(updateType));
  }

  /** Queues, first sample, `force`, then the timers; from the start again if the broker fails meanwhile. */
  async #begin(): Promise<void> {
    const { pollMs, keepaliveFirstMs, keepaliveMs, reconnectMs } = this.#options.timing;
    try {
      await this.#declare();
      this.#sample = this.#takeSample();
      await this.#report('force');
    } catch (error) {
      this.#note(error);
      this.#after(reconnectMs, () => this.#begin());
      return;
    }
    this.#ready = true;
    this.#every(pollMs, pollMs, () => this.#poll());
    this.#every(keepaliveFirstMs, keepaliveMs, () => this.#report('keepalive'));
  }

  async #declare(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined) return;
    await declareReports(connection);
    await this.#queues.begin(connection, this.#config);
  }

  async #poll(): Promise<void> {
    const before = this.#sample;
    this.#sample = this.#takeSample();
    if (before.interfaces !== this.#sample.interfaces && this.#identity.kind === 'erlang') await this.#report('update');
  }

  #takeSample(): { readonly hashes: ReportedHashes; readonly interfaces: string } {
    return {
      hashes: agentHashes(this.kernel, this.#rulesetFiles, this.#enforcement, this.#identity.kind),
      interfaces: JSON.stringify(this.#identity.interfaces),
    };
  }

  async #report(updateType: UpdateType, stopping = false): Promise<void> {
    if (this.#silent || this.#connection === undefined) return;
    if (this.#options.letsOut?.(this.host) === false) return;
    const fields = reportFields(this.#identity, this.#config, this.#sample.hashes, stopping);
    const stamp = stampAt(new Date(this.#clock.now()));
    const body =
      this.#malformed === undefined
        ? encodeReport(updateType, fields, stamp)
        : spoil(this.#malformed, updateType, fields, stamp);
    await this.#connection.publish({
      exchange: 'ips',
      routingKey: 'ips',
      body,
      contentType: 'text/json',
      persistent: true,
    });
    this.#reportsSent++;
  }

  #take(queue: AgentQueue, delivery: Delivery): Promise<void> {
    switch (queue) {
      case 'config':
        return this.#takeConfig(delivery);
      case 'iptables':
        return this.#takeRules(delivery);
      case 'file_transfer':
        return this.#takeRequest(delivery);
    }
  }

  /**
   * The handler stops its own consumer first and dies of it (docs/protocol.md#the-first-message-costs-the-queue): the
   * new values are kept, the queue is gone.
   */
  async #takeConfig(delivery: Delivery): Promise<void> {
    this.#config = decodeConfig(delivery.body);
    await this.#queues.drop('config');
    delivery.ack();
  }

  async #takeRules(delivery: Delivery): Promise<void> {
    const process = this.#process;
    const payload = decodeRulesPayload(delivery.body);
    const pause = async (ms: number): Promise<void> => {
      if (ms > 0) await new Promise<void>((resolve) => void this.#clock.setTimer(ms, resolve));
      if (this.#process !== process) throw new ProcessEnded();
    };
    const { kernel } = this;
    const { timing } = this.#options;
    const files = this.#rulesetFiles;
    try {
      await pause(this.#applyDelayMs);
      const applied = await applyRules(payload, { kernel, files, enforcement: this.#enforcement, timing, pause });
      if (applied.rules) this.#rulesetsApplied++;
      if (applied.sets) this.#ipsetsApplied++;
      if (applied.rules || applied.sets || applied.error !== undefined) this.#lastError = applied.error;
      delivery.ack();
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
    }
  }

  async #takeRequest(delivery: Delivery): Promise<void> {
    const { request, apiUser } = decodeRequest(delivery.body);
    const run: CommandRunner = this.#options.run ?? ((line) => this.#run(line));
    const answer = apiUser === undefined ? 'none' : answerRequest(request, this.hostFiles, run);
    if (answer === 'crash') throw new Error(`no answer can be made for ${request.command}`);
    if (answer !== 'none' && delivery.replyTo !== undefined) {
      await this.#connection?.publish({
        exchange: '',
        routingKey: delivery.replyTo,
        ...answer,
        persistent: false,
        ...(delivery.correlationId === undefined ? {} : { correlationId: delivery.correlationId }),
      });
    }
    delivery.ack();
  }

  #run(line: string): CommandResult {
    const ofFile = runFileCommand(line, this.hostFiles);
    if (ofFile !== undefined) return ofFile;
    const family = SAVES.get(line.split('/').at(-1) ?? '');
    const stdout = family === undefined ? `${line}\n` : this.kernel.saveFilter(family);
    return { exitCode: 0, stdout, stderr: '' };
  }

  /** Runs `work` now and `everyMs` after each end of it, as the agent's timers do. */
  #every(firstMs: number, everyMs: number, work: () => Promise<void>): void {
    this.#after(firstMs, async () => {
      try {
        await work();
      } finally {
        this.#every(everyMs, everyMs, work);
      }
    });
  }

  #after(ms: number, work: () => Promise<void>): void {
    const process = this.#process;
    if (process === 0) return;
    const timer = this.#clock.setTimer(ms, () => {
      this.#timers.delete(timer);
      if (this.#process === process) void this.#work(work);
    });
    this.#timers.add(timer);
  }

  /** What goes wrong is shown in `progress`; an agent carries on. */
  async #work(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#note(error);
    }
  }

  #note(error: unknown): void {
    this.#lastError = error instanceof Error ? error.message : String(error);
  }
}
