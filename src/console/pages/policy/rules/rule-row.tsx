import type { JsonObject } from '../../../../model/document.js';
import type { Direction } from '../../../../model/rules-of.js';
import { Badge } from '../../../parts/badge.js';
import { Button } from '../../../parts/button.js';
import { CheckField } from '../../../parts/field.js';
import { hrefOf } from '../../../route/route.js';
import { wrongAt } from '../use-document.js';
import type { Names } from '../use-names.js';
import { ruleFaults } from './rule-faults.js';
import { RuleForm } from './rule-form.js';
import { environmentOf, moreText, peerText, serviceOf, statesText, textOf } from './rule-words.js';

export interface RuleRowProps {
  readonly rule: JsonObject;
  readonly index: number;
  readonly count: number;
  readonly direction: Direction;
  readonly rulesetId: string;
  readonly names: Names;
  /** It is the one that a link leads to. */
  readonly marked: boolean;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onChange: (rule: JsonObject) => void;
  readonly onMove: (to: number) => void;
  readonly onCopy: () => void;
  readonly onRemove: () => void;
}

const TONES = { ACCEPT: 'ok', DROP: 'bad', REJECT: 'bad' } as const;

/** A rule by names, and its fields when it is open. */
export function RuleRow(props: RuleRowProps) {
  const { rule, index, count, direction, rulesetId, names, marked, open, onOpen, onChange, onMove, onCopy, onRemove } =
    props;
  const label = `${direction} rule ${index + 1}`;
  const off = rule['active'] !== true;
  const action = textOf(rule['action']);
  const wrong = (field?: string) =>
    wrongAt({ resource: 'ruleset', id: rulesetId }, [
      'rules',
      direction,
      index,
      ...(field === undefined ? [] : [field]),
    ]);
  const bad = wrong() !== undefined || Object.keys(ruleFaults(rule)).length > 0 || peerText(rule, names).includes('?');
  return (
    <>
      <tr
        data-rule={index}
        data-tone={bad ? 'bad' : undefined}
        data-off={off}
        data-marked={marked}
        aria-current={marked ? 'true' : undefined}
        aria-label={label}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
          event.preventDefault();
          onMove(index + (event.key === 'ArrowUp' ? -1 : 1));
        }}
      >
        <td class="number">{index + 1}</td>
        <td>
          <CheckField bare label={`${label} is on`} value={!off} onValue={(active) => onChange({ ...rule, active })} />
        </td>
        <td>
          <Badge tone={off ? 'none' : (TONES[action as keyof typeof TONES] ?? 'warn')}>{action || '?'}</Badge>
        </td>
        <td>
          <Peer rule={rule} names={names} />
        </td>
        <td>
          <Service rule={rule} names={names} />
        </td>
        <td class="small">{statesText(rule)}</td>
        <td class="small">{moreText(rule)}</td>
        <td class="wrap">
          {textOf(rule['comment'])}
          {off && <span class="quiet small"> (off)</span>}
        </td>
        <td>
          <span class="row tight rule-actions">
            <Button
              kind="plain"
              label={`Move ${label} up`}
              disabledWhy={index === 0 ? 'It is the first' : undefined}
              onPress={() => onMove(index - 1)}
            >
              ↑
            </Button>
            <Button
              kind="plain"
              label={`Move ${label} down`}
              disabledWhy={index === count - 1 ? 'It is the last' : undefined}
              onPress={() => onMove(index + 1)}
            >
              ↓
            </Button>
            <Button
              kind="plain"
              label={`${open ? 'Close' : 'Edit'} ${label}`}
              expanded={open}
              onPress={() => onOpen(!open)}
            >
              {open ? 'Close' : 'Edit'}
            </Button>
            <Button kind="plain" label={`Copy ${label}`} onPress={onCopy}>
              Copy
            </Button>
            <Button kind="plain" label={`Remove ${label}`} onPress={onRemove}>
              Remove
            </Button>
          </span>
        </td>
      </tr>
      {open && (
        <tr class="rule-open">
          <td colSpan={9}>
            <RuleForm rule={rule} label={label} direction={direction} names={names} wrong={wrong} onChange={onChange} />
          </td>
        </tr>
      )}
    </>
  );
}

function Peer({ rule, names }: { rule: JsonObject; names: Names }) {
  const text = peerText(rule, names);
  const id = textOf(rule['group']);
  const segment = rule['group_type'] === 'ZONE' ? 'zones' : rule['group_type'] === 'ANY' ? undefined : 'groups';
  const known = (segment === 'zones' ? names.zones : names.groups).has(id);
  if (segment === undefined || !known || environmentOf(rule) !== '' || id === 'self' || id === 'all-active')
    return <>{text}</>;
  return <a href={hrefOf(['policy', segment, id])}>{text}</a>;
}

function Service({ rule, names }: { rule: JsonObject; names: Names }) {
  const id = textOf(rule['service']);
  const text = serviceOf(rule, names);
  return id === 'any' || !names.services.has(id) ? (
    <>{text}</>
  ) : (
    <a href={hrefOf(['policy', 'services', id])}>{text}</a>
  );
}
