import { useEffect, useRef, useState } from 'preact/hooks';
import type { PlotData } from './plot-data.js';

export interface PlotProps {
  /** What is plotted, and of which unit, for those who do not see it. */
  readonly label: string;
  readonly unit: string;
  readonly data: PlotData;
  readonly points?: boolean;
}

/** A plot over time. uPlot is loaded with the first one that is shown (docs/console.md#weight). */
export function Plot({ label, unit, data, points = true }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let over = false;
    let drawn: { update(data: PlotData): void; end(): void } | undefined;
    import('./draw-plot.js').then(
      ({ drawPlot }) => {
        if (!over) drawn = drawPlot(element, data, { unit, label, points });
      },
      () => setFailed(true),
    );
    return () => {
      over = true;
      drawn?.end();
    };
  }, [data, unit, label, points]);
  return (
    <div class="plot" role="img" aria-label={label} ref={place}>
      {failed && <p class="quiet">The plot could not be loaded.</p>}
    </div>
  );
}
