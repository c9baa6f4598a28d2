import type { JsonObject } from '../../../../model/document.js';
import { TextField } from '../../../parts/field.js';
import { textOf } from './rule-words.js';

const FIELDS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  CONNLIMIT: [
    ['conn_limit_above', 'More connections than'],
    ['conn_limit_mask', 'Of one network of so many bits'],
  ],
  RECENT: [
    ['hit_count', 'Times'],
    ['seconds', 'Within seconds'],
  ],
};

export interface LimitFieldsProps {
  readonly rule: JsonObject;
  readonly fault: (field: string) => string | undefined;
  readonly put: (parts: JsonObject) => void;
}

/** The numbers of a limit, where a rule has one. */
export function LimitFields({ rule, fault, put }: LimitFieldsProps) {
  return (
    <>
      {(FIELDS[textOf(rule['type'])] ?? []).map(([field, label]) => (
        <TextField
          key={field}
          label={label}
          type="number"
          value={textOf(rule[field])}
          wrong={fault(field)}
          onValue={(value) => put({ [field]: value === '' ? value : Number(value) })}
        />
      ))}
    </>
  );
}
