import { useMemo } from 'preact/hooks';
import type { JsonObject } from '../../../model/document.js';
import { textOf } from '../../../model/text-of.js';
import { isObject } from '../../../model/validate.js';
import type { ApiFailure } from '../../api/api-failure.js';
import { useAsked, type Asked } from '../../api/use-asked.js';
import { draft, putInDraft } from '../../draft/draft.js';
import { newId } from '../../draft/new-id.js';
import { listsOf, type RuleLists } from './rules/rule-lists.js';
import { useDocument, type Edited } from './use-document.js';

/** The rules of a profile: those of the ruleset that names it (docs/http-api.md#ruleset), else its own, as old databases have them. */
export interface ProfileRules {
  /** The ruleset; its document is undefined where there is none yet. */
  readonly edited: Edited;
  readonly rules: RuleLists | undefined;
  readonly change: (rules: RuleLists) => void;
  readonly failure: ApiFailure | undefined;
}

export function useRuleset(profile: Edited): ProfileRules {
  const { id: profileId, doc, entry } = profile;
  const isNew = entry !== undefined && entry.base === null;
  const name = typeof doc?.['name'] === 'string' ? doc['name'] : '';
  const storedName = entry === undefined ? name : textOf(entry.base?.['name'] ?? name);
  const drafted = draft.value.find(
    (one) => one.resource === 'ruleset' && (one.wanted ?? one.base)?.['profile_id'] === profileId,
  );
  const found = useRulesetId(isNew || drafted !== undefined ? null : { profileId, name: storedName });
  const id = drafted?.id ?? found.id;
  const edited = useDocument('ruleset', id ?? null);
  const none = isNew || found.none;
  const own = doc?.['rules'];
  const rules = useMemo(() => {
    if (edited.doc !== undefined) return listsOf(edited.doc['rules']);
    return none && drafted === undefined ? listsOf(own) : undefined;
  }, [edited.doc, none, drafted, own]);
  return {
    edited,
    rules,
    failure: found.asked.failure ?? edited.asked.failure,
    change: (next) => {
      if (edited.doc !== undefined) {
        edited.change({ ...edited.doc, rules: next });
        return;
      }
      const wanted = { name, profile_id: profileId, rules: next };
      putInDraft({ resource: 'ruleset', id: newId(), base: null, etag: null, wanted });
    },
  };
}

interface FoundRuleset {
  readonly id: string | undefined;
  readonly none: boolean;
  readonly asked: Asked<readonly JsonObject[]>;
}

/** Mostly it has the profile's name; else the list of all is looked through. */
function useRulesetId(of: { readonly profileId: string; readonly name: string } | null): FoundRuleset {
  const on = { on: ['policy_edit'] };
  const named = useAsked<JsonObject>(
    of === null || of.name === '' ? null : `/api/V2/ruleset?name=${encodeURIComponent(of.name)}`,
    on,
  );
  const mine = of !== null && !named.loading && isObject(named.value) && named.value['profile_id'] === of.profileId;
  const look = of !== null && !mine && !named.loading && (named.value !== undefined || named.failure !== undefined);
  const asked = useAsked<readonly JsonObject[]>(look ? '/api/V2/rulesets' : null, on);
  if (mine) return { id: textOf(named.value?.['id']), none: false, asked };
  const listed = look ? asked.value : undefined;
  const one = listed?.find((ruleset) => ruleset['profile_id'] === of?.profileId);
  return {
    id: one === undefined ? undefined : textOf(one['id']),
    none: listed !== undefined && one === undefined,
    asked,
  };
}
