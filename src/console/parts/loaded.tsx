import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Asked } from '../api/use-asked.js';
import { Problem } from './problem.js';

/**
 * What was asked, once it is there. Until then, after a second, that it takes a while; when it is refused, why. An older answer
 * stays while a newer one can't be had.
 */
export function Loaded<T>({ asked, children }: { asked: Asked<T>; children: (value: T) => ComponentChildren }) {
  const { value, failure } = asked;
  return (
    <>
      <Problem failure={failure} />
      {value !== undefined ? children(value) : failure === undefined && <Waiting />}
    </>
  );
}

/** That something takes a while, once it does. */
export function Waiting({ what = 'Loading' }: { what?: string }) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 700);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="waiting" aria-busy="true">
      {long && (
        <span class="row" role="status">
          <progress aria-label={what} /> {what}…
        </span>
      )}
    </div>
  );
}
