import type { Dialect } from '../dialect.js';
import { RULE_CHOICES, type RuleChoices } from '../dialect-rules.js';
import { finish } from '../finish.js';
import { sortByBytes } from '../hash/byte-order.js';
import type { Printer } from '../printer.js';
import { FIELD_PRINTER } from '../printers.js';
import type { CompileError, CompileWarning, Fault, RulePosition } from './compile-error.js';
import type { FirewallRule } from './firewall-rule.js';
import type { PlacedRead, PolicyModel } from './read-profile.js';
import { readProfile } from './read-profile.js';
import { resolveRule } from './resolve-rule.js';
import { RulesetDraft } from './ruleset-draft.js';
import type { Referred, RulesetInput, Variant } from './ruleset-input.js';

/** The text of one ruleset. */
export interface PrintedRuleset {
  readonly ok: true;
  readonly text: string;
  /** Names of the sets that the rules match against, in byte order; they must exist before the text is loaded. */
  readonly sets: readonly string[];
  readonly warnings: readonly CompileWarning[];
}

/** One ruleset of a group: its text, and the hash that hosts report when they hold it. */
export interface CompiledRuleset extends PrintedRuleset {
  readonly hash: string;
}

/**
 * Nothing was made: what the kernel would refuse, or print back changed, is never published
 * (docs/rulesets.md#what-the-kernel-refuses).
 */
export interface RefusedRuleset {
  readonly ok: false;
  readonly error: CompileError;
}

export type RulesetResult = CompiledRuleset | RefusedRuleset;

/** Which rule of the document a line was made from; null: it is one of the fixed lines around the rules. */
export type LineOrigin = RulePosition | null;

/** Rules between two pauses: well under a millisecond of work. */
const RULES_A_STEP = 64;

/**
 * Compiles all rules for several variants in one walk, with pauses. The variants come in the order in which their
 * faults count: once the first is refused, nothing else matters.
 * @param placed gets the rules that were made from each rule of the document
 */
function* walkRules(
  policy: PolicyModel,
  referred: Referred,
  drafts: readonly RulesetDraft[],
  made?: (draft: RulesetDraft, placed: PlacedRead) => void,
): Generator<void, void> {
  const [first] = drafts;
  let done = 0;
  for (const list of [policy.inbound, policy.outbound])
    for (const placed of list) {
      done += 1;
      if (done % RULES_A_STEP === 0) yield;
      walkRule(placed, referred, drafts, made);
      if (first?.refused !== undefined) return;
    }
  if (typeof policy.docker === 'boolean') return;
  for (const draft of drafts) if (draft.variant.version === 'v4') draft.refuse(policy.docker);
}

/** Compiles one rule for the variants. */
function walkRule(
  placed: PlacedRead,
  referred: Referred,
  drafts: readonly RulesetDraft[],
  made?: (draft: RulesetDraft, placed: PlacedRead) => void,
): void {
  const fault = (found: Fault): void => drafts[0]?.refuse({ ...found, rule: placed.position });
  const resolved = resolveRule(placed, referred, fault);
  if (resolved === undefined) return;
  for (const draft of drafts)
    if (draft.refused === undefined) {
      draft.add(placed, resolved);
      made?.(draft, placed);
    }
}

function* printDraft(
  { variant, rules }: RulesetDraft,
  docker: boolean,
  choices: RuleChoices,
  printer: Printer,
  lines?: (FirewallRule | null)[],
): Generator<void, string> {
  const family = variant.version;
  const { inbound, answer: answers, outbound } = rules;
  const hostTraffic = choices.ipv6HostTraffic;
  return yield* printer.print(
    { family, docker: family === 'v4' && docker, hostTraffic, inbound, answers, outbound },
    choices,
    lines,
  );
}

/** All rulesets of a group, in the order of their variants, and the sets that any of them names. */
export interface CompiledVariants {
  readonly ok: true;
  readonly texts: readonly { readonly text: string; readonly hash: string }[];
  readonly sets: readonly string[];
  readonly warnings: readonly CompileWarning[];
}

/** Why there are none: the first fault of the first variant that has one. */
export interface RefusedVariants extends RefusedRuleset {
  /** Its index. */
  readonly variant: number;
}

/**
 * Compiles variants of a policy that was read with the same dialect, step by step, in one walk over its rules. Nothing
 * that `referred` and the variants answer may change meanwhile, or the text mixes two policies.
 */
export function* compileVariants(
  policy: PolicyModel,
  referred: Referred,
  variants: readonly Variant[],
  dialect: Dialect,
  printer: Printer = FIELD_PRINTER,
): Generator<void, CompiledVariants | RefusedVariants> {
  const choices = RULE_CHOICES[dialect];
  const sets = new Set<string>();
  const drafts = variants.map((variant) => new RulesetDraft(variant, choices, printer.comments.bytes, sets));
  yield* walkRules(policy, referred, drafts);
  const refused = drafts.findIndex((draft) => draft.refused !== undefined);
  const error = drafts[refused]?.refused;
  if (error !== undefined) return { ok: false, error, variant: refused };
  const texts: { readonly text: string; readonly hash: string }[] = [];
  for (const draft of drafts) {
    yield;
    const text = yield* printDraft(draft, policy.docker === true, choices, printer);
    yield;
    texts.push({ text, hash: printer.hash(text) });
  }
  return { ok: true, texts, sets: sortByBytes([...sets]), warnings: drafts.flatMap((draft) => draft.warnings()) };
}

/** Compiles one variant of a policy that was read with the same dialect, step by step, as {@link compileVariants}. */
export function* compilePolicy(
  policy: PolicyModel,
  variant: Variant & Referred,
  dialect: Dialect,
  printer: Printer = FIELD_PRINTER,
): Generator<void, RulesetResult> {
  const compiled = yield* compileVariants(policy, variant, [variant], dialect, printer);
  if (!compiled.ok) return { ok: false, error: compiled.error };
  const { texts, sets, warnings } = compiled;
  return { ok: true, ...(texts[0] as (typeof texts)[number]), sets, warnings };
}

/**
 * The text alone, without its hash.
 * @param origins gets the origin of each line of the text
 */
export function* printPolicy(
  policy: PolicyModel,
  variant: Variant & Referred,
  dialect: Dialect,
  printer: Printer,
  origins: LineOrigin[],
): Generator<void, PrintedRuleset | RefusedRuleset> {
  const choices = RULE_CHOICES[dialect];
  const sets = new Set<string>();
  const draft = new RulesetDraft(variant, choices, printer.comments.bytes, sets);
  const positions = new Map<FirewallRule, RulePosition>();
  yield* walkRules(policy, variant, [draft], ({ rules }, { position }) => {
    for (const list of Object.values(rules))
      for (let at = list.length - 1; at >= 0; at -= 1) {
        const rule = list[at] as FirewallRule;
        if (positions.has(rule)) break;
        positions.set(rule, position);
      }
  });
  if (draft.refused !== undefined) return { ok: false, error: draft.refused };
  const lines: (FirewallRule | null)[] = [];
  const text = yield* printDraft(draft, policy.docker === true, choices, printer, lines);
  for (const rule of lines) origins.push((rule && positions.get(rule)) ?? null);
  return { ok: true, text, sets: sortByBytes([...sets]), warnings: draft.warnings() };
}

/** Compiles one ruleset (docs/rulesets.md#the-text-of-a-ruleset) in a dialect (docs/rulesets.md#two-dialects). */
export function compileRuleset(input: RulesetInput, dialect: Dialect, printer: Printer = FIELD_PRINTER): RulesetResult {
  const read = readProfile(input.profile, RULE_CHOICES[dialect], { anyIsEveryone: false, printer });
  return read.ok ? finish(compilePolicy(read.policy, input, dialect, printer)) : { ok: false, error: read.error };
}
