import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { PlotData } from './plot-data.js';

const HEIGHT = 220;

/** Draws into `element`, in the page's colours, as wide as it is. */
export function drawPlot(
  element: HTMLElement,
  { at, values }: PlotData,
  { unit, label, points }: { readonly unit: string; readonly label: string; readonly points: boolean },
): { update(data: PlotData): void; end(): void } {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line') },
  };
  const plot = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      scales: {
        // One point alone would stand in a span of years.
        x: { range: (_, first, last) => (first === last ? [first - 30, last + 30] : [first, last]) },
        // From nothing on, so that a small change looks like one.
        y: { range: (_, __, most) => [0, Math.max(most * 1.1, 0.1)] },
      },
      axes: [axis, { ...axis, size: 60, values: (_, splits) => splits.map((value) => `${value} ${unit}`) }],
      series: [
        {},
        {
          label,
          stroke: colour('--accent'),
          width: points ? 0 : 2,
          points: { show: points, size: 6, fill: colour('--accent') },
        },
      ],
    },
    [[...at], [...values]],
    element,
  );
  const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
  resized.observe(element);
  return {
    update: (data) => plot.setData([[...data.at], [...data.values]]),
    end: () => {
      resized.disconnect();
      plot.destroy();
    },
  };
}
