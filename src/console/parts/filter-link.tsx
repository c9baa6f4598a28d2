import type { ComponentChildren } from 'preact';
import { hrefOf, place, type Query } from '../route/route.js';

/** A value that, when clicked, becomes the filter of the page that it is on. */
export function FilterLink({ by, title, children }: { by: Query; title?: string; children: ComponentChildren }) {
  const { segments, query } = place.value;
  return (
    <a
      href={hrefOf(segments, { ...Object.fromEntries(query), ...by, offset: null })}
      title={title ?? 'Show only these'}
    >
      {children}
    </a>
  );
}
