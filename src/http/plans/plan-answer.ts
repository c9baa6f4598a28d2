import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import { faultPath } from '../../firewall/rules/compile-error.js';
import type { Json } from '../../model/document.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import type { PlanRecord } from '../../plan/plan-record.js';
import type { DraftRow } from '../../store/draft-store.js';
import type { GroupEffect } from '../../plan/group-effects.js';
import type { SetShipment } from '../../plan/set-changes.js';
import type { GroupShipment } from '../../plan/group-shipment.js';
import type { Shipment } from '../../plan/would-ship.js';
import { judgementsJson } from '../views/judgements-view.js';
import { gitDiff } from '../text/git-diff.js';
import type { DraftedWrite } from './draft-writes.js';
import type { PlanAnswer, PlannedFamily, PlannedGroup, PlannedSet, PlanWarning } from './plan-answers.js';

/** Most addresses of a set that an answer lists; `added_count` and `removed_count` have how many there are. */
const ADDRESSES_LISTED = 100;

export interface PlanAnswerParts {
  readonly record: PlanRecord;
  readonly writes: readonly DraftedWrite[];
  /** The rows of the record, as they were drafted. */
  readonly rows: readonly DraftRow[];
  readonly shipment: Shipment;
}

/** Makes that answer, a group at a time. */
export function* planAnswer(parts: PlanAnswerParts): Generator<void, PlanAnswer> {
  const { record, writes, rows, shipment } = parts;
  const groups: PlannedGroup[] = [];
  const diffs = new Map<string, string>();
  for (const group of shipment.groups) {
    groups.push(groupJson(group, shipment.effects.get(group.id), diffs));
    yield;
  }
  return {
    id: record.id,
    made_at: record.made_at,
    expires_at: record.expires_at,
    author: record.author,
    reason: record.reason,
    writes: writes.map(({ write, status, location }) => ({
      method: write.method,
      path: write.path,
      body: write.body,
      status,
      ...(location === undefined ? {} : { location }),
    })),
    stores: rows.map(({ table, id, before, after }) => ({
      table,
      id,
      name: textOf((after ?? before?.doc)?.['name']),
      becomes: after === undefined ? 'removed' : before === undefined ? 'created' : 'changed',
    })),
    groups,
    sets: shipment.sets.map(setJson),
    hosts_touched: shipment.hostsTouched,
    ...judgementsJson(shipment.judgements),
    warnings: warningsOf(shipment),
    ec2: [],
  };
}

function textsOf(compiled: CompiledGroup | undefined) {
  return compiled?.ok === true ? compiled : undefined;
}

function groupJson(
  { id, name, hosts, before, after }: GroupShipment,
  effect: GroupEffect | undefined,
  diffs: Map<string, string>,
): PlannedGroup {
  const [was, is] = [textsOf(before), textsOf(after)];
  const family = (variant: ReturnType<typeof variantsOfType>[number]): PlannedFamily => {
    const [then, now] = [was?.[variant.key], is?.[variant.key]];
    const key = `${variant.key} ${then?.hash} ${now?.hash}`;
    // Groups of one profile have the same texts, so the same difference.
    const diff = diffs.get(key) ?? gitDiff(then?.text ?? '', now?.text ?? '', [variant.key, variant.key]);
    diffs.set(key, diff);
    return { before: then?.hash ?? null, after: now?.hash ?? null, diff };
  };
  const [v4, v6] = variantsOfType('ipsets');
  return {
    id,
    name,
    hosts,
    v4: family(v4),
    v6: family(v6),
    error: after?.ok === false ? after.error : null,
    opens: effect?.opens ?? [],
    closes: effect?.closes ?? [],
    changes: effect?.changes ?? [],
    unclear: effect?.unclear ?? null,
  };
}

function setJson({ name, before = [], after = [] }: SetShipment): PlannedSet {
  const [was, is] = [new Set(before), new Set(after)];
  const added = after.filter((address) => !was.has(address));
  const removed = before.filter((address) => !is.has(address));
  return {
    name,
    added: added.slice(0, ADDRESSES_LISTED),
    removed: removed.slice(0, ADDRESSES_LISTED),
    added_count: added.length,
    removed_count: removed.length,
  };
}

function warning(code: string, message: string, where: Json): PlanWarning {
  return { code, message, where };
}

/** Each says what ships otherwise than one would think. */
function warningsOf({ groups, sets }: Shipment): readonly PlanWarning[] {
  return [
    ...groups.flatMap(({ id, name, after }) => {
      if (after === undefined)
        return [warning('group_gone', 'its hosts keep the rules that they have', { group: id, name })];
      if (!after.ok)
        return [
          warning('does_not_compile', `${after.error.message}; its hosts keep the last good ruleset`, {
            group: id,
            name,
          }),
        ];
      return after.warnings.map((one) => warning('rule', one.message, { group: id, name, path: faultPath(one) }));
    }),
    ...sets.flatMap(({ name, before, after, problems }) => [
      ...problems.map(({ kind, reason }) => warning(`set_${kind}`, reason, { set: name })),
      ...(before !== undefined && after === undefined
        ? [
            warning('set_gone', 'nothing makes it any more; it stays as it is for as long as rules name it', {
              set: name,
            }),
          ]
        : []),
      ...(before !== undefined && before.length > 0 && after?.length === 0
        ? [warning('set_empty', 'it would hold no address: rules that name it fit no packet', { set: name })]
        : []),
    ]),
  ];
}
