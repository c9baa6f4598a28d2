import { useEffect, useState } from 'preact/hooks';
import { changeQuery, place, type Query } from '../route/route.js';
import { TextField } from './field.js';

export interface QueryFieldProps {
  readonly label: string;
  /** Which part of the address's query it writes. */
  readonly name: string;
  readonly search?: boolean;
  readonly hint?: string;
  readonly choices?: readonly string[];
  /** What else changes with it; `offset` begins anew anyhow. */
  readonly besides?: (value: string) => Query;
}

/** A text field that filters by one part of the address's query, once Enter is pressed or it is left. */
export function QueryField({ label, name, search = false, hint, choices, besides }: QueryFieldProps) {
  const asked = place.value.query.get(name) ?? '';
  const [typed, setTyped] = useState(asked);
  // A filter may be set by a link, too.
  useEffect(() => setTyped(asked), [asked]);
  return (
    <TextField
      label={label}
      type={search ? 'search' : 'text'}
      value={typed}
      onValue={setTyped}
      onDone={() => {
        const value = typed.trim();
        if (value !== asked) changeQuery({ ...besides?.(value), [name]: value, offset: null });
      }}
      {...(hint === undefined ? {} : { hint })}
      {...(choices === undefined ? {} : { choices })}
    />
  );
}
