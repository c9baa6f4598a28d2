import { TextField } from '../../../parts/field.js';
import { wrongAt, type Edited } from '../use-document.js';

/** A field of a document that is a text. Emptied, it is the empty text. */
export function DocText({
  edited,
  field,
  label,
  hint,
  wrong,
}: {
  edited: Edited;
  field: string;
  label: string;
  hint?: string;
  wrong?: string | undefined;
}) {
  const value = edited.doc?.[field];
  return (
    <TextField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      value={typeof value === 'string' ? value : ''}
      wrong={wrongAt(edited, [field]) ?? wrong}
      onValue={(text) => edited.doc && edited.change({ ...edited.doc, [field]: text })}
    />
  );
}

/** A name, which every document has. */
export function NameField({ edited, hint }: { edited: Edited; hint?: string }) {
  const name = edited.doc?.['name'];
  return (
    <DocText
      edited={edited}
      field="name"
      label="Name"
      {...(hint === undefined ? {} : { hint })}
      wrong={name === '' ? 'Give a name' : undefined}
    />
  );
}
