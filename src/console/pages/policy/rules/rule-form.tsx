import type { JsonObject } from '../../../../model/document.js';
import type { Direction } from '../../../../model/rules-of.js';
import { isList } from '../../../../model/validate.js';
import { CheckField, SelectField, TextField } from '../../../parts/field.js';
import { NamePick } from '../name-pick.js';
import type { Names } from '../use-names.js';
import { ruleFaults } from './rule-faults.js';
import { LimitFields } from './limit-fields.js';
import { environmentOf, textOf } from './rule-words.js';

const STATES = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'];

export interface RuleFormProps {
  readonly rule: JsonObject;
  /** Which it is: `inbound rule 2`. */
  readonly label: string;
  readonly direction: Direction;
  readonly names: Names;
  /** What the server said of a field, or of the whole rule. */
  readonly wrong: (field?: string) => string | undefined;
  readonly onChange: (rule: JsonObject) => void;
}

/** All fields of a rule. What is typed is in the draft at once. */
export function RuleForm({ rule, label, direction, names, wrong, onChange }: RuleFormProps) {
  const faults = ruleFaults(rule);
  const put = (parts: JsonObject) => onChange({ ...rule, ...parts });
  const fault = (field: string) => wrong(field) ?? faults[field];
  const states = isList(rule['states']) ? rule['states'].map(textOf) : [];
  const fields = ['action', 'group_type', 'group', 'service', 'type', 'interface', 'comment', 'states', 'environment'];
  const nearer = [...fields, 'conn_limit_above', 'conn_limit_mask', 'hit_count', 'seconds'].some(
    (field) => wrong(field) !== undefined,
  );
  return (
    <fieldset class="plain stack rule-form">
      <legend class="unseen">{label}</legend>
      <div class="fields">
        <SelectField
          label="Action"
          value={textOf(rule['action'])}
          wrong={fault('action')}
          choices={[
            ['ACCEPT', 'Accept'],
            ['DROP', 'Drop'],
            ['REJECT', 'Reject'],
          ]}
          onValue={(action) => put({ action })}
        />
        <PeerFields rule={rule} direction={direction} names={names} fault={fault} put={put} />
        <NamePick
          label="Service"
          id={textOf(rule['service'])}
          names={names.services}
          what="service"
          wrong={fault('service')}
          onId={(service) => put({ service })}
        />
        <TextField
          label="Interface"
          value={textOf(rule['interface'])}
          hint="Empty: any"
          wrong={fault('interface')}
          onValue={(device) => put({ interface: device })}
        />
        <SelectField
          label="Limit"
          value={textOf(rule['type']) || 'BASIC'}
          wrong={fault('type')}
          choices={[
            ['BASIC', 'None'],
            ['CONNLIMIT', 'Over so many connections'],
            ['RECENT', 'So often in a while'],
          ]}
          onValue={(type) => put({ type })}
        />
        <LimitFields rule={rule} fault={fault} put={put} />
      </div>
      <TextField
        label="Comment"
        value={textOf(rule['comment'])}
        wrong={fault('comment')}
        onValue={(comment) => put({ comment })}
      />
      <fieldset class="plain row">
        <legend class="small quiet">States of connections (none: any)</legend>
        {STATES.map((state) => (
          <CheckField
            key={state}
            label={state}
            value={states.includes(state)}
            onValue={(on) => put({ states: STATES.filter((one) => (one === state ? on : states.includes(one))) })}
          />
        ))}
        {fault('states') !== undefined && (
          <span class="wrong" role="alert">
            {fault('states')}
          </span>
        )}
      </fieldset>
      {!nearer && wrong() !== undefined && (
        <p class="note" data-tone="bad" role="alert">
          {wrong()}
        </p>
      )}
    </fieldset>
  );
}

interface PeerProps {
  readonly rule: JsonObject;
  readonly direction: Direction;
  readonly names: Names;
  readonly fault: (field: string) => string | undefined;
  readonly put: (parts: JsonObject) => void;
}

function PeerFields({ rule, direction, names, fault, put }: PeerProps) {
  const type = textOf(rule['group_type']);
  const environment = environmentOf(rule);
  const word = direction === 'inbound' ? 'From' : 'To';
  const what = type === 'ZONE' ? 'zone' : 'group';
  const environments = [...new Set([...names.environments, ...(environment === '' ? [] : [environment])])];
  return (
    <>
      <SelectField
        label={word}
        value={type}
        wrong={fault('group_type')}
        choices={[
          ['ANY', 'Anyone'],
          ['ZONE', 'A zone'],
          ...(type === 'GROUP' ? ([['GROUP', 'A group']] as const) : ([['ROLE', 'A group']] as const)),
        ]}
        onValue={(next) => put({ group_type: next, group: next === 'ANY' ? 'any' : '' })}
      />
      {type !== 'ANY' && environments.length > 0 && (
        <SelectField
          label="Of environment"
          value={environment}
          wrong={fault('environment')}
          choices={[['', 'This one'], ...environments.map((name) => [name, name] as const)]}
          onValue={(next) => put({ environment: next, group: '' })}
        />
      )}
      {type !== 'ANY' && environment === '' && (
        <NamePick
          key={type}
          label={type === 'ZONE' ? 'Zone' : 'Group'}
          id={textOf(rule['group'])}
          names={type === 'ZONE' ? names.zones : names.groups}
          what={what}
          wrong={fault('group')}
          onId={(group) => put({ group })}
        />
      )}
      {type !== 'ANY' && environment !== '' && (
        <TextField
          label={`Name of the ${what} there`}
          value={textOf(rule['group'])}
          wrong={fault('group')}
          onValue={(group) => put({ group })}
        />
      )}
    </>
  );
}
