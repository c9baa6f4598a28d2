import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** What is only made when somebody wants to see it, since there may be much. */
export function MoreDetails({
  title,
  open,
  children,
}: {
  title: ComponentChildren;
  /** Whether it is open at first. */
  open: boolean;
  children: () => ComponentChildren;
}) {
  const [shown, setShown] = useState(open);
  return (
    <details open={open} onToggle={({ currentTarget }) => setShown(currentTarget.open)}>
      <summary>{title}</summary>
      {shown && children()}
    </details>
  );
}
