import { median, type Row } from '../row.js';
import { figure, withUnit } from './figures.js';

/** In pixels. */
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [640, 360, 72, 52, 40, 24];

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Growth of one line as SVG, both axes logarithmic: work that grows with its amount is a line at 45°, which is drawn beside it.
 * @param rows - of one `growth.line`, at least two, all amounts and figures above 0
 */
export function growthPlot(line: string, rows: readonly Row[]): string {
  const points = rows
    .flatMap((row) => (row.growth === undefined ? [] : [{ x: row.growth.amount, y: median(row.work) }]))
    .sort((a, b) => a.x - b.x);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first.x === last.x)
    throw new RangeError(`${line}: a plot needs two different amounts`);
  const { unit, growth } = rows[0] as Row;
  const even = { x: last.x, y: (first.y * last.x) / first.x };
  const place = placer([...points, even]);
  const path = (all: readonly Point[]) => all.map((point) => `${place.x(point.x)},${place.y(point.y)}`).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escaped(line)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="20" font-size="14" fill="#1a1a1a">${escaped(line)}</text>`,
    `<path d="M${LEFT},${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="#767676"/>`,
    `<polyline points="${path([first, even])}" fill="none" stroke="#767676" stroke-dasharray="4 4"/>`,
    `<polyline points="${path(points)}" fill="none" stroke="#0b57d0" stroke-width="2"/>`,
    ...points.flatMap((point) => [
      `<circle cx="${place.x(point.x)}" cy="${place.y(point.y)}" r="4" fill="#0b57d0"/>`,
      `<text x="${place.x(point.x)}" y="${place.y(point.y) - 10}" text-anchor="middle" fill="#1a1a1a">${withUnit(point.y, unit)}</text>`,
      `<text x="${place.x(point.x)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#4a4a4a">${figure(point.x)}</text>`,
    ]),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#4a4a4a">${escaped(growth?.of ?? '')} (dashed: grows as they do)</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function placer(points: readonly Point[]): { x(value: number): number; y(value: number): number } {
  const scale = (values: readonly number[], from: number, to: number) => {
    const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
    return (value: number) => Math.round(from + ((Math.log(value) - low) / (high - low || 1)) * (to - from));
  };
  return {
    x: scale(
      points.map(({ x }) => x),
      LEFT + 40,
      WIDTH - RIGHT - 40,
    ),
    y: scale(
      points.map(({ y }) => y),
      HEIGHT - BOTTOM - 20,
      TOP + 24,
    ),
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
