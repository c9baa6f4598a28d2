import { useState } from 'preact/hooks';
import type { Json, JsonObject } from '../../../../model/document.js';
import { isList, isObject } from '../../../../model/validate.js';
import { Button } from '../../../parts/button.js';
import { TextField } from '../../../parts/field.js';
import { faultOf } from '../../../draft/refusal.js';
import { wrongAt, type Edited } from '../use-document.js';
import { NameField } from './doc-text.js';

const PROTOCOLS = ['tcp', 'udp', 'icmp', 'udplite', 'esp', 'ah', 'sctp'];

export function ServiceForm({ edited }: { edited: Edited }) {
  const { doc } = edited;
  const entries = isList(doc?.['services']) ? doc['services'] : [];
  const put = (next: readonly Json[]) => doc && edited.change({ ...doc, services: next });
  // What is wrong with one entry is said there.
  const fault = faultOf(edited, ['services']);
  const whole = typeof fault?.path[1] === 'number' ? undefined : fault?.text;
  return (
    <div class="stack">
      <NameField edited={edited} hint="Without blanks" />
      <fieldset class="plain stack">
        <legend>Protocols and ports</legend>
        {entries.map((entry, index) => (
          <ServiceEntry
            key={index}
            edited={edited}
            index={index}
            entry={isObject(entry) ? entry : {}}
            onChange={(next) => put(entries.map((one, at) => (at === index ? next : one)))}
            onRemove={() => put(entries.filter((_, at) => at !== index))}
          />
        ))}
        {whole !== undefined && (
          <span class="wrong" role="alert">
            {whole}
          </span>
        )}
        <div>
          <Button onPress={() => put([...entries, { protocol: 'tcp', ports: [] }])}>Add a protocol</Button>
        </div>
      </fieldset>
    </div>
  );
}

interface EntryProps {
  readonly edited: Edited;
  readonly index: number;
  readonly entry: JsonObject;
  readonly onChange: (entry: JsonObject) => void;
  readonly onRemove: () => void;
}

function ServiceEntry({ edited, index, entry, onChange, onRemove }: EntryProps) {
  const { protocol, ports } = entry;
  const stored = isList(ports) ? ports.map(String) : [];
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const text = typed !== undefined && portsOf(typed).join() === stored.join() ? typed : stored.join(', ');
  const fault = faultOf(edited, ['services', index]);
  const wrong = (field: string) => wrongAt(edited, ['services', index, field]);
  return (
    <div class="fields">
      <TextField
        label="Protocol"
        value={typeof protocol === 'string' ? protocol : ''}
        choices={PROTOCOLS}
        wrong={wrong('protocol')}
        onValue={(value) => onChange({ ...entry, protocol: value.trim() })}
      />
      <TextField
        label="Ports"
        value={text}
        hint="22, 8000:8100; of icmp: types"
        wrong={fault?.path[2] === 'protocol' ? undefined : fault?.text}
        onValue={(value) => {
          setTyped(value);
          onChange({ ...entry, ports: portsOf(value) });
        }}
      />
      <div class="at-field">
        <Button onPress={onRemove} label={`Remove protocol ${index + 1}`}>
          Remove
        </Button>
      </div>
    </div>
  );
}

function portsOf(text: string): readonly string[] {
  return text
    .split(/[\s,]+/)
    .map((port) => port.trim())
    .filter((port) => port !== '');
}
