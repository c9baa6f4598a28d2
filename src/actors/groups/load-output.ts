import type { JsonObject } from '../../model/document.js';
import { packRuleset, readRuleset, textsInRow, type StoredRuleset } from '../../model/stored-ruleset.js';
import type { Self } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { Slices } from '../../world/slices.js';
import { patiently, type PatientlyNeeds } from '../store/store-patiently.js';
import {
  type CompileFailure,
  failureFromDoc,
  outputFromDoc,
  type RulesetOutput,
  type RulesetOutputs,
} from './ruleset-outputs.js';

export interface LoadOutputNeeds extends PatientlyNeeds {
  readonly store: Pick<Store, 'get'>;
  readonly outputs: Pick<RulesetOutputs, 'rulesets'>;
  readonly slices: Pick<Slices, 'run'>;
}

/** What the store holds of a group. */
export interface LoadedOutput {
  readonly output: RulesetOutput | undefined;
  readonly failure: CompileFailure | undefined;
  /** The row still holds its texts itself, as an older version wrote it. */
  readonly old: boolean;
}

const NOTHING: LoadedOutput = { output: undefined, failure: undefined, old: false };

/** Reads a group's last good ruleset; its texts are read only if no other group has them in memory. */
export async function loadOutput(self: Self, needs: LoadOutputNeeds, groupId: string): Promise<LoadedOutput> {
  const doc = (await patiently(self, needs, () => needs.store.get('ruleset_output', groupId)))?.doc;
  if (doc === undefined) return NOTHING;
  const failure = failureFromDoc(doc);
  const inRow = await fromRow(needs, doc);
  const ruleset = inRow ?? (await named(self, needs, doc.texts));
  return { output: outputFromDoc(doc, ruleset), failure, old: inRow !== undefined };
}

async function fromRow(
  { outputs }: Pick<LoadOutputNeeds, 'outputs'>,
  doc: JsonObject,
): Promise<StoredRuleset | undefined> {
  const found = textsInRow(doc);
  return found === undefined ? undefined : outputs.rulesets.intern(await packRuleset(found.texts, found.sets));
}

function* checked(doc: JsonObject | undefined): Generator<void, StoredRuleset | undefined> {
  yield;
  return readRuleset(doc);
}

async function named(
  self: Self,
  needs: LoadOutputNeeds,
  id: JsonObject[string] | undefined,
): Promise<StoredRuleset | undefined> {
  if (typeof id !== 'string') return undefined;
  const { rulesets } = needs.outputs;
  const read = async () => {
    const doc = (await needs.store.get('ruleset_text', id))?.doc;
    // Unpacked and checked in a slice of its own: at a start all of a fleet's texts come at once.
    return needs.slices.run(checked(doc));
  };
  // Each for itself: an actor that reads for all may be stopped, and the others must not fall with it.
  return patiently(self, needs, () => rulesets.load(id, read));
}
