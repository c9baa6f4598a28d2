import { compileGroup, type CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { DetailObject, Self, Server } from '../../otp/index.js';
import { nowSeconds, type ServerContext } from '../context.js';
import type { GroupCast } from './group-messages.js';
import { whyNotSent } from '../last-good/why-not-sent.js';
import { IPTABLES_PUBLISHER } from '../publishing/publisher-messages.js';
import { raiseCompileAlert } from '../alerts/raise-alert.js';
import {
  failureFromDoc,
  hashFieldsOf,
  outputFromDoc,
  outputToDoc,
  VARIANTS,
  type CompileFailure,
  type RulesetOutput,
} from './ruleset-outputs.js';
import { storePatiently, patiently } from '../store/store-patiently.js';

const sameTexts = (a: RulesetOutput, b: CompiledGroup & { readonly ok: true }): boolean =>
  VARIANTS.every((variant) => a.texts[variant].text === b[variant].text);

/**
 * One group: compiles its policy when something it rests on may have changed, and ends there when the bytes are the
 * same. What compiles replaces the last good ruleset and goes to the publisher; what doesn't is shown, and the last
 * good ruleset stays (decisions 2).
 */
export class GroupActor implements Server<never, never, GroupCast> {
  readonly #context: ServerContext;
  readonly #id: string;
  /** The world that the last compile saw: several messages about one change cost one compile. */
  #seen = -1;
  #name = '';

  constructor(context: ServerContext, id: string) {
    this.#context = context;
    this.#id = id;
  }

  async init(self: Self): Promise<void> {
    const { outputs, store } = this.#context;
    if (outputs.get(this.#id) !== undefined) return;
    const stored = await patiently(self, this.#context, () => store.get('ruleset_output', this.#id));
    const output = outputFromDoc(stored?.doc);
    if (output !== undefined) outputs.set(output);
    const failure = failureFromDoc(stored?.doc);
    if (failure !== undefined) outputs.failures.set(this.#id, failure);
  }

  async cast(self: Self, message: GroupCast): Promise<void> {
    switch (message.type) {
      case 'recompile':
        if (this.#seen !== this.#context.world.version) await this.#compile(self);
        return;
      case 'republish':
        if (this.#seen !== this.#context.world.version) await this.#compile(self);
        self.cast(IPTABLES_PUBLISHER, { type: 'publish', groupId: this.#id, force: true });
        return;
      case 'check_hashes':
        return this.#checkHashes(self);
      case 'removed':
        return this.#remove(self);
    }
  }

  describe(): DetailObject {
    const output = this.#context.outputs.get(this.#id);
    const failure = this.#context.outputs.failures.get(this.#id);
    return {
      group: this.#name,
      compiled_at: output?.compiledAt ?? null,
      published_at: output?.publishedAt ?? null,
      not_sent: whyNotSent(this.#context, this.#id) ?? null,
      ...(failure === undefined ? {} : { error: failure.error }),
    };
  }

  async #compile(self: Self): Promise<void> {
    const { world, config, metrics, outputs, dialect, log, kernel } = this.#context;
    this.#seen = world.version;
    const group = world.rows('group').get(this.#id);
    if (group === undefined || typeof group.name !== 'string' || group.name === '') return;
    this.#name = group.name;
    const began = kernel.clock.monotonic();
    const compiled = compileGroup(world.policy, this.#id, { dialect, generateUnset: config.generate_unset_tables });
    metrics.observe('dog_trainer_compile_seconds', (kernel.clock.monotonic() - began) / 1000);
    if (!compiled.ok) return this.#fail(self, compiled.error);
    metrics.count('generate_iptables_ruleset', 'ok', config.generate_unset_tables ? 4 : 2);
    const failedBefore = outputs.failures.delete(this.#id);
    if (failedBefore) log.info({ group: this.#name }, 'the group compiles again');

    const last = outputs.get(this.#id);
    if (last !== undefined && last.groupName === this.#name && sameTexts(last, compiled)) {
      if (failedBefore) await this.#keep(self, last);
      if (last.publishedAt === null) self.cast(IPTABLES_PUBLISHER, { type: 'publish', groupId: this.#id });
      else await this.#restoreHashes(self, group, last);
      return;
    }
    const output: RulesetOutput = {
      groupId: this.#id,
      groupName: this.#name,
      dialect,
      texts: Object.fromEntries(VARIANTS.map((variant) => [variant, compiled[variant]])) as RulesetOutput['texts'],
      sets: compiled.sets,
      compiledAt: nowSeconds(this.#context),
      publishedAt: null,
    };
    // A fleet taken over from the old server runs these very rules: nothing is to be sent.
    const known = last === undefined && this.#hasHashes(group, output);
    await this.#keep(self, known ? { ...output, publishedAt: output.compiledAt } : output);
    if (!known) self.cast(IPTABLES_PUBLISHER, { type: 'publish', groupId: this.#id });
  }

  #hasHashes(group: Document, output: RulesetOutput): boolean {
    return Object.entries(hashFieldsOf(output)).every(([field, hash]) => group[field] === hash);
  }

  async #checkHashes(self: Self): Promise<void> {
    const group = this.#context.world.rows('group').get(this.#id);
    const output = this.#context.outputs.get(this.#id);
    // An unconfirmed ruleset brings its hashes with its confirm.
    if (group !== undefined && output !== undefined && output.publishedAt !== null)
      await this.#restoreHashes(self, group, output);
  }

  /** A client may have written over the hashes in the row; hosts are compared with them. */
  async #restoreHashes(self: Self, group: Document, output: RulesetOutput): Promise<void> {
    if (this.#hasHashes(group, output)) return;
    const hashes = hashFieldsOf(output);
    await storePatiently(
      self,
      this.#context,
      [{ op: 'edit', table: 'group', id: this.#id, edit: (row) => ({ ...row, ...hashes }) }],
      'system',
    );
  }

  async #keep(self: Self, output: RulesetOutput): Promise<void> {
    const doc = outputToDoc(this.#id, this.#name, output, undefined);
    await storePatiently(
      self,
      this.#context,
      [{ op: 'upsert', table: 'ruleset_output', id: this.#id, edit: () => doc }],
      'system',
    );
    this.#context.outputs.set(output);
  }

  async #fail(self: Self, error: JsonObject): Promise<void> {
    const { outputs, metrics, log } = this.#context;
    const before = outputs.failures.get(this.#id);
    if (before !== undefined && JSON.stringify(before.error) === JSON.stringify(error)) return;
    const withoutProfile = error.reason === 'profile_not_found';
    const failure: CompileFailure = { error, at: nowSeconds(this.#context) };
    outputs.failures.set(this.#id, failure);
    if (!withoutProfile) {
      metrics.count('generate_iptables_ruleset', 'error');
      metrics.count('dog_trainer_compile_failures_total');
      log.error(
        { group: this.#name, error },
        'the group cannot be compiled; its hosts keep the last good ruleset until the policy is mended',
      );
      const group = this.#context.world.rows('group').get(this.#id);
      if (group !== undefined) raiseCompileAlert(this.#context, group, textOf(error.message));
    }
    const doc = outputToDoc(this.#id, this.#name, outputs.get(this.#id), failure);
    await storePatiently(
      self,
      this.#context,
      [{ op: 'upsert', table: 'ruleset_output', id: this.#id, edit: () => doc }],
      'system',
    );
  }

  async #remove(self: Self): Promise<void> {
    this.#context.outputs.delete(this.#id);
    self.cast(IPTABLES_PUBLISHER, { type: 'forget', groupId: this.#id });
    await storePatiently(self, this.#context, [{ op: 'remove', table: 'ruleset_output', id: this.#id }], 'system');
    self.stop('normal');
  }
}
