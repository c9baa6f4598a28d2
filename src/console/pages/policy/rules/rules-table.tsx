import { useEffect, useRef, useState } from 'preact/hooks';
import type { JsonObject } from '../../../../model/document.js';
import type { Direction } from '../../../../model/rules-of.js';
import { faultOf } from '../../../draft/refusal.js';
import { announce } from '../../../parts/announce.js';
import { Button } from '../../../parts/button.js';
import { Card } from '../../../parts/card.js';
import { Empty } from '../../../parts/empty.js';
import { place } from '../../../route/route.js';
import type { Names } from '../use-names.js';
import type { ProfileRules } from '../use-ruleset.js';
import type { RuleLists } from './rule-lists.js';
import { RuleRow } from './rule-row.js';
import { useRuleKeys } from './use-rule-keys.js';

const TITLES = { inbound: 'Inbound', outbound: 'Outbound' };
const ABOUT = {
  inbound: 'Who may reach the hosts. The first rule that fits decides.',
  outbound: 'Whom the hosts may reach. The first rule that fits decides.',
};

/** Whom it is about and what for has to be chosen: a rule that nobody thought about must let nobody in. */
const NEW_RULE: JsonObject = {
  action: 'ACCEPT',
  active: true,
  type: 'BASIC',
  group_type: 'ZONE',
  group: '',
  service: '',
  states: ['NEW'],
  log: false,
  log_prefix: '',
  interface: '',
  comment: '',
};

export interface RulesTableProps {
  readonly direction: Direction;
  readonly ruleset: ProfileRules;
  readonly rules: RuleLists;
  readonly names: Names;
}

/** The rules of one direction, in the order in which they are asked. */
export function RulesTable({ direction, ruleset, rules, names }: RulesTableProps) {
  const list = rules[direction];
  const keys = useRuleKeys(list);
  const [open, setOpen] = useState<string | undefined>(undefined);
  const body = useRef<HTMLTableSectionElement>(null);
  const { query } = place.value;
  const wanted = query.get('direction') === direction ? Number(query.get('rule')) - 1 : -1;
  useEffect(() => {
    const row = wanted >= 0 ? body.current?.querySelector<HTMLElement>(`[data-rule="${wanted}"]`) : null;
    if (row === null || row === undefined) return;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
  }, [wanted, query]);
  const put = (next: readonly JsonObject[], nextKeys: readonly string[]) => {
    keys.set(next, nextKeys);
    ruleset.change({ ...rules, [direction]: next });
  };
  const insert = (at: number, rule: JsonObject) => {
    const key = keys.fresh();
    put(list.toSpliced(at, 0, rule), keys.all.toSpliced(at, 0, key));
    setOpen(key);
  };
  const move = (from: number, to: number) => {
    const [rule, key] = [list[from], keys.all[from]];
    if (rule === undefined || key === undefined || to < 0 || to >= list.length) return;
    put(list.toSpliced(from, 1).toSpliced(to, 0, rule), keys.all.toSpliced(from, 1).toSpliced(to, 0, key));
    // Its row is another place in the page by then, which takes the focus from what is in it.
    const focused = document.activeElement;
    requestAnimationFrame(() => focused instanceof HTMLElement && focused.focus());
    announce(`It is rule ${to + 1} of ${list.length} now`);
  };
  const at = faultOf(ruleset.edited, ['rules', direction])?.path[2];
  return (
    <Card
      title={TITLES[direction]}
      actions={<Button onPress={() => insert(list.length, NEW_RULE)}>Add {direction} rule</Button>}
    >
      <p class="quiet small">{ABOUT[direction]} Alt with ↑ or ↓ moves the rule that has the focus.</p>
      {list.length === 0 ? (
        <Empty title={`There are no ${direction} rules`} />
      ) : (
        <div class="scroll">
          <table class="rules">
            <caption class="unseen">{TITLES[direction]} rules</caption>
            <thead>
              <tr>
                <th scope="col">#</th>
                <th scope="col">On</th>
                <th scope="col">Action</th>
                <th scope="col">{direction === 'inbound' ? 'From' : 'To'}</th>
                <th scope="col">Service</th>
                <th scope="col">States</th>
                <th scope="col">Besides</th>
                <th scope="col">Comment</th>
                <th scope="col">
                  <span class="unseen">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody ref={body}>
              {list.map((rule, index) => {
                const key = keys.all[index] as string;
                return (
                  <RuleRow
                    key={key}
                    rule={rule}
                    index={index}
                    count={list.length}
                    direction={direction}
                    rulesetId={ruleset.edited.id}
                    names={names}
                    marked={index === wanted}
                    open={key === open || index === at}
                    onOpen={(on) => setOpen(on ? key : undefined)}
                    onChange={(next) => put(list.with(index, next), keys.all)}
                    onMove={(to) => move(index, to)}
                    onCopy={() => insert(index + 1, rule)}
                    onRemove={() => put(list.toSpliced(index, 1), keys.all.toSpliced(index, 1))}
                  />
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
