import { randomUUID } from 'node:crypto';
import type { Document, JsonObject } from '../../model/document.js';
import { isObject } from '../../model/validate.js';
import { declarationOf } from '../../resources/resources.js';
import type { Change, Stored } from '../../store/store.js';
import { checkWrite } from '../checks/check-write.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { commitOrThrow } from './commit.js';
import { completeNew, createStep } from './create-document.js';
import type { DocumentService, Shown } from './document-service.js';
import { byId, byQuery, notFound } from './find-document.js';
import { checkIfMatch } from './preconditions.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import { documentToRemove, inUse, usersOf } from './remove-document.js';
import { documentToUpdate, mergeValid, updateStep } from './update-document.js';
import { violationError } from './violation-error.js';

const profileModel = declarationOf('profile');
const rulesetModel = declarationOf('ruleset');
const NO_RULES: JsonObject = { inbound: [], outbound: [] };

/**
 * Profiles as v1 shows them: with the rules of the ruleset that belongs to them inside (docs/http-api.md#profile).
 * Both documents are written in one commit.
 */
export function v1ProfileService(): Omit<DocumentService, 'sub'> {
  return {
    model: profileModel,
    read: async (call, id) => {
      const stored = await byId(call.deps.store, 'profile', id);
      if (!stored) throw notFound('profile', 'with this id');
      return withRules(stored, await rulesetOf(call, id));
    },
    find: async (call) => {
      const stored = await byQuery(call.deps.store, profileModel, call.query, 'v1');
      return withRules(stored, await rulesetOf(call, stored.doc.id));
    },
    create,
    update,
    remove,
    // The HCL of a v1 profile is that of its ruleset (docs/http-api.md#sub-resources).
    printed: async (call, id) => {
      if (!(await byId(call.deps.store, 'profile', id))) throw notFound('profile', 'with this id');
      const ruleset = await rulesetOf(call, id);
      if (!ruleset) throw notFound('ruleset', 'belongs to this profile');
      return { resource: 'ruleset', doc: ruleset.doc };
    },
  };
}

/** The ruleset of a profile; of several the one made first. */
export async function rulesetOf(call: Call, profileId: string): Promise<Stored | undefined> {
  const [found] = await call.deps.store.find('ruleset', 'profile_id', profileId);
  return found;
}

/** The tag covers both documents: a change of either makes it stale. */
function tagOf(profile: Stored, ruleset: Stored | undefined): string {
  return `"${profile.revision}-${ruleset?.revision ?? 0}"`;
}

function withRules(profile: Stored, ruleset: Stored | undefined): Shown & { readonly doc: Document } {
  return { doc: { ...profile.doc, rules: ruleset?.doc['rules'] ?? NO_RULES }, tag: tagOf(profile, ruleset) };
}

/** Splits the body of a v1 write into profile and rules. Throws `data_invalid` without rules. */
function parted(sent: JsonObject): { readonly profile: JsonObject; readonly rules: JsonObject } {
  const { rules, ...profile } = sent;
  if (rules === undefined) {
    const schema = { required: ['name', 'rules'] };
    throw violationError({ errorType: 'missing_required_property', path: [], value: 'rules', schema });
  }
  if (!isObject(rules)) {
    throw violationError({ errorType: 'wrong_type', path: ['rules'], value: rules, schema: { type: 'object' } });
  }
  return { profile, rules };
}

async function create(call: Call, sent: JsonObject): Promise<Shown & { readonly doc: Document }> {
  const { profile, rules } = parted(sent);
  const withId = { ...profile, id: profile['id'] ?? randomUUID() };
  const doc = completeNew(call, profileModel, withId);
  const ruleset = completeNew(call, rulesetModel, { name: doc['name'] ?? '', rules, profile_id: withId.id });
  return call.exclusive(async () => {
    const warnings = await checkWrite(call.deps, rulesetModel, ruleset, undefined);
    const steps = [createStep(call, profileModel, doc), createStep(call, rulesetModel, ruleset)];
    const done = await commitOrThrow(call, steps).catch(rulesetNameTaken(call, doc));
    const [stored, made] = done.stored;
    return { ...withRules(stored as Stored, made), warnings: [...warnings, ...done.warnings] };
  });
}

/** If a ruleset has the name, not a profile, the client must not be told of a profile with that id. */
function rulesetNameTaken(call: Call, { name }: JsonObject): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof ApiError) || error.code !== 'exists' || error.body['field'] !== 'name') throw error;
    const profiles = typeof name === 'string' ? await call.deps.store.find('profile', 'name', name) : [];
    if (profiles.some(({ doc }) => doc.id === error.body['id'])) throw error;
    throw new ApiError('exists', {}, { body: { ...error.body, field: 'rules', resource: 'ruleset' } });
  };
}

async function update(call: Call, id: string, sent: JsonObject): Promise<Shown & { readonly doc: Document }> {
  const { profile, rules } = parted(sent);
  return call.exclusive(async () => {
    const current = await documentToUpdate(call, profileModel, id, profile);
    const ruleset = await rulesetOf(call, id);
    const exact = checkIfMatch(call.headers['if-match'], tagOf(current, ruleset));
    const merged = mergeValid(call, profileModel, current.doc, profile);
    const name = merged['name'] ?? '';
    const steps: readonly Change[] = [
      updateStep(call, profileModel, id, profile, exact ? current.revision : undefined),
      ruleset
        ? updateStep(call, rulesetModel, ruleset.doc.id, { name, rules }, exact ? ruleset.revision : undefined)
        : createStep(call, rulesetModel, completeNew(call, rulesetModel, { name, rules, profile_id: id })),
    ];
    const wanted = ruleset ? mergeValid(call, rulesetModel, ruleset.doc, { name, rules }) : { name, rules };
    const warnings = await checkWrite(call.deps, rulesetModel, wanted, ruleset?.doc);
    const done = await commitOrThrow(call, steps);
    const [stored, made] = done.stored;
    return { ...withRules(stored as Stored, made), warnings: [...warnings, ...done.warnings] };
  });
}

async function remove(call: Call, id: string): Promise<readonly WriteWarning[]> {
  return call.exclusive(async () => {
    const current = await documentToRemove(call, profileModel, id);
    const ruleset = await rulesetOf(call, id);
    const exact = checkIfMatch(call.headers['if-match'], tagOf(current, ruleset));
    const users = await usersOf(call, profileModel, id);
    if (users) throw inUse(users);
    const steps: Change[] = [
      { op: 'remove', table: 'profile', id, ...(exact ? { ifRevision: current.revision } : {}) },
    ];
    if (ruleset) steps.push({ op: 'remove', table: 'ruleset', id: ruleset.doc.id });
    return (await commitOrThrow(call, steps)).warnings;
  });
}
