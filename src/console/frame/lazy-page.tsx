import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../parts/button.js';
import { Waiting } from '../parts/loaded.js';
import type { PageSegment } from './page-list.js';
import { LOADS } from './page-loads.js';

const loaded = new Map<PageSegment, ComponentType>();

/** A page, loaded when it is first shown. */
export function LazyPage({ page }: { page: PageSegment }) {
  const [failed, setFailed] = useState(false);
  const [, setLoads] = useState(0);
  useEffect(() => {
    if (loaded.has(page)) return;
    setFailed(false);
    LOADS[page]().then(
      ({ default: component }) => {
        loaded.set(page, component);
        setLoads((count) => count + 1);
      },
      () => setFailed(true),
    );
  }, [page]);
  const Shown = loaded.get(page);
  if (Shown !== undefined) return <Shown />;
  if (!failed) return <Waiting />;
  // The server is another version by now, or away.
  return (
    <p class="note" data-tone="bad" role="alert">
      This page could not be loaded. <Button onPress={() => location.reload()}>Load the console again</Button>
    </p>
  );
}
