import { useState } from 'preact/hooks';
import { TextField } from '../../parts/field.js';

export interface NamePickProps {
  readonly label: string;
  /** Empty: none. */
  readonly id: string;
  /** By id. */
  readonly names: ReadonlyMap<string, string>;
  /** What is picked: `zone`. */
  readonly what: string;
  readonly mayBeNone?: boolean;
  readonly wrong?: string | undefined;
  /** Told the id; the empty text while what is typed is the name of nothing. */
  readonly onId: (id: string) => void;
}

/** Picks a document by its name, typed or from the list. */
export function NamePick({ label, id, names, what, mayBeNone = false, wrong, onId }: NamePickProps) {
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const idOf = (text: string) => [...names].find(([, name]) => name === text)?.[0] ?? '';
  // What was typed stands as long as it means what is stored.
  const text = typed !== undefined && idOf(typed.trim()) === id ? typed : (names.get(id) ?? id);
  const unknown = id !== '' && !names.has(id);
  const own = mayBeNone && text.trim() === '' ? undefined : ownFault(text, id, unknown, what);
  return (
    <TextField
      label={label}
      value={text}
      choices={[...new Set(names.values())]}
      wrong={wrong ?? own}
      onValue={(value) => {
        setTyped(value);
        onId(idOf(value.trim()));
      }}
    />
  );
}

function ownFault(text: string, id: string, unknown: boolean, what: string): string | undefined {
  if (unknown) return `There is no ${what} with this id any more`;
  if (id !== '') return undefined;
  return text.trim() === '' ? `Choose a ${what}` : `There is no ${what} of this name`;
}
