import type { JsonObject } from '../../../model/document.js';
import { textOf } from '../../../model/text-of.js';
import { isObject } from '../../../model/validate.js';
import { useAsked } from '../../api/use-asked.js';
import { dropFromDraft, putInDraft } from '../../draft/draft.js';
import { newId } from '../../draft/new-id.js';
import { Card } from '../../parts/card.js';
import { CheckField, TextField } from '../../parts/field.js';
import { Waiting } from '../../parts/loaded.js';
import { Problem } from '../../parts/problem.js';
import { goTo, hrefOf } from '../../route/route.js';
import { DocumentFrame } from './document-frame.js';
import { DocText } from './forms/doc-text.js';
import type { Kind } from './kinds.js';
import { RulesTable } from './rules/rules-table.js';
import { Standing } from './standing.js';
import { useNames } from './use-names.js';
import { wrongAt, type Edited } from './use-document.js';
import { useRuleset } from './use-ruleset.js';

/** A profile and its rules: two documents, shown as one. */
export function ProfilePage({ kind, edited, doc }: { kind: Kind; edited: Edited; doc: JsonObject }) {
  const ruleset = useRuleset(edited);
  const names = useNames();
  const groups = useAsked<readonly JsonObject[]>('/api/groups', { on: ['policy_edit'] }).value?.filter(
    (group) => group['profile_id'] === edited.id,
  );
  const rename = (name: string) => {
    edited.change({ ...doc, name });
    // They have one name as long as nobody gives them two.
    if (ruleset.edited.doc?.['name'] === doc['name']) ruleset.edited.change({ ...ruleset.edited.doc, name });
  };
  const remove = () => {
    if (ruleset.edited.doc !== undefined) ruleset.edited.remove();
    edited.remove();
    if (edited.entry?.base === null) goTo(['policy', kind.segment]);
  };
  const copy = () => {
    const [id, rulesetId] = [newId(), newId()];
    const { id: _id, created: _created, ruleset_id: _ruleset, rules: _rules, ...rest } = doc;
    const name = `${textOf(doc['name'])}-copy`;
    const rules = ruleset.rules ?? { inbound: [], outbound: [] };
    putInDraft(
      { resource: 'profile', id, base: null, etag: null, wanted: { ...rest, name } },
      { resource: 'ruleset', id: rulesetId, base: null, etag: null, wanted: { name, profile_id: id, rules } },
    );
    goTo(['policy', kind.segment, id]);
  };
  return (
    <DocumentFrame
      kind={kind}
      standing={edited.entry === undefined ? ruleset.edited : edited}
      edited={{
        ...edited,
        takeBack: () => {
          edited.takeBack();
          if (ruleset.edited.entry !== undefined && edited.entry?.wanted === null) dropFromDraft(ruleset.edited.entry);
        },
      }}
      onRemove={remove}
      onCopy={copy}
    >
      {edited.entry !== undefined && ruleset.edited.entry !== undefined && <Standing edited={ruleset.edited} />}
      <Card title="Profile">
        <div class="two">
          <TextField
            label="Name"
            value={typeof doc['name'] === 'string' ? doc['name'] : ''}
            wrong={wrongAt(edited, ['name']) ?? (doc['name'] === '' ? 'Give a name' : undefined)}
            onValue={rename}
          />
          <DocText edited={edited} field="version" label="Version" />
          <CheckField
            label="Hosts run docker"
            value={doc['docker'] === true || doc['docker'] === 'true'}
            onValue={(docker) => edited.change({ ...doc, docker })}
          />
          <div class="field">
            <span class="label">Groups that have it</span>
            <span>
              {groups?.map((group, at) => (
                <>
                  {at > 0 && ', '}
                  <a href={hrefOf(['policy', 'groups', textOf(group['id'])])}>{textOf(group['name'])}</a>
                </>
              ))}
              {groups?.length === 0 && <span class="quiet">none: nobody gets these rules yet</span>}
            </span>
          </div>
        </div>
      </Card>
      <Problem failure={isObject(ruleset.edited.doc) ? undefined : ruleset.failure} />
      {ruleset.rules === undefined ? (
        ruleset.failure === undefined && <Waiting what="Loading the rules" />
      ) : (
        <>
          <RulesTable direction="inbound" ruleset={ruleset} rules={ruleset.rules} names={names} />
          <RulesTable direction="outbound" ruleset={ruleset} rules={ruleset.rules} names={names} />
        </>
      )}
    </DocumentFrame>
  );
}
