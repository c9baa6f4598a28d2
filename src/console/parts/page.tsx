import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

export interface PageProps {
  readonly title: string;
  /** Beside the title: what can be done here. */
  readonly actions?: ComponentChildren;
  /** A line under the title. */
  readonly about?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page of the console: its heading, which is also the title of the tab. */
export function Page({ title, actions, about, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · dog-trainer`;
  }, [title]);
  return (
    <div class="stack">
      <div class="row spread">
        <h1>{title}</h1>
        {actions !== undefined && <div class="row">{actions}</div>}
      </div>
      {about !== undefined && <p class="quiet">{about}</p>}
      {children}
    </div>
  );
}
