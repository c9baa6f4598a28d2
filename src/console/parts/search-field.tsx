import { useEffect, useRef, useState } from 'preact/hooks';
import { changeQuery, place } from '../route/route.js';
import { TextField } from './field.js';

/** It is asked so many milliseconds after the last key. */
const WAIT_MS = 250;

/** A search that becomes a part of the address, by default `q`, while it is typed. */
export function SearchField({ label, by = 'q', placeholder }: { label: string; by?: string; placeholder?: string }) {
  const asked = place.value.query.get(by) ?? '';
  const [text, setText] = useState(asked);
  const sent = useRef(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // It was changed elsewhere: by a link, or on the way back.
    if (asked === sent.current) return;
    sent.current = asked;
    setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (value: string) => {
    clearTimeout(timer.current);
    sent.current = value.trim();
    changeQuery({ [by]: value.trim(), offset: null });
  };
  return (
    <TextField
      label={label}
      type="search"
      value={text}
      {...(placeholder === undefined ? {} : { placeholder })}
      onValue={(value) => {
        setText(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => send(value), WAIT_MS);
      }}
      onDone={() => {
        if (text.trim() !== sent.current) send(text);
      }}
    />
  );
}
