import { useState } from 'preact/hooks';
import type { Json } from '../../../../model/document.js';
import { isList } from '../../../../model/validate.js';
import { TextField } from '../../../parts/field.js';
import { faultOf } from '../../../draft/refusal.js';
import type { Edited } from '../use-document.js';

/** What is obviously none of the family; the server knows the rest. */
const LOOKS = {
  v4: /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/,
  v6: /^[0-9a-f:.]*:[0-9a-f:.]*(\/\d{1,3})?$/i,
};

/** A list of addresses and networks of one family, one on each line. */
export function AddressLines({
  edited,
  field,
  label,
  family,
}: {
  edited: Edited;
  field: string;
  label: string;
  family: 'v4' | 'v6';
}) {
  const stored = linesOf(edited.doc?.[field]);
  // While it is typed there may be blank lines, which are not in the document.
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const text = typed !== undefined && sameLines(entered(typed), stored) ? typed : stored.join('\n');
  const bad = text.split('\n').findIndex((line) => line.trim() !== '' && !LOOKS[family].test(line.trim()));
  const refused = faultOf(edited, [field]);
  const place = refused?.path[1];
  return (
    <TextField
      label={label}
      rows={Math.min(16, Math.max(3, text.split('\n').length + 1))}
      value={text}
      hint={`One address or network on each line${stored.length > 3 ? `; ${stored.length.toLocaleString()} now` : ''}`}
      wrong={
        refused !== undefined
          ? `${typeof place === 'number' ? `Number ${place + 1} (${String(stored[place])}): ` : ''}${refused.text}`
          : bad === -1
            ? undefined
            : `Line ${bad + 1} is no address or network of IP${family}`
      }
      onValue={(value) => {
        setTyped(value);
        if (edited.doc) edited.change({ ...edited.doc, [field]: entered(value) });
      }}
    />
  );
}

function linesOf(value: Json | undefined): readonly string[] {
  return isList(value) ? value.map(String) : [];
}

function entered(text: string): readonly string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
