import { readFileSync } from 'node:fs';

/** One vector of test/golden (see the README there). */
export interface GoldenCase<Input, Output> {
  readonly name: string;
  readonly kind: string;
  readonly about: string;
  readonly input: Input;
  readonly output: Output;
  readonly compare?: 'blocks' | 'exact';
  readonly schema?: string;
  readonly kernel: string;
  readonly kernelDetail?: Readonly<Record<string, unknown>>;
}

interface Recipe {
  readonly $gen: 'ipv4' | 'ipv6' | 'name';
  readonly prefix?: string;
  readonly start: number | string;
  readonly count: number;
  readonly step?: number;
  readonly suffix?: string;
  readonly width?: number;
}

function dotted(n: number): string {
  return [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
}

function numeric(text: string | number): number {
  return typeof text === 'number' ? text : text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function generate(recipe: Recipe): string[] {
  const { $gen, prefix = '', start, count, step = 1, suffix = '', width = 0 } = recipe;
  return Array.from({ length: count }, (_, i) => {
    if ($gen === 'ipv4') return dotted(numeric(start) + i * step) + suffix;
    const n = Number(start) + i * step;
    return $gen === 'ipv6' ? prefix + n.toString(16) + suffix : prefix + String(n).padStart(width, '0');
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Expands the `$gen` and `$map` recipes of a golden input. */
export function expandRecipes(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) =>
      isObject(item) && '$gen' in item ? generate(item as unknown as Recipe) : [expandRecipes(item)],
    );
  }
  if (!isObject(value)) return value;
  if ('$map' in value) {
    const map = expandRecipes(value.$map) as { keys: string[]; value: unknown };
    return Object.fromEntries(map.keys.map((key) => [key, map.value]));
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expandRecipes(item)]));
}

/** All cases of one golden file, inputs expanded. */
export function goldenCases<Input, Output>(file: string): GoldenCase<Input, Output>[] {
  const url = new URL(`../golden/${file}`, import.meta.url);
  const cases = JSON.parse(readFileSync(url, 'utf8')) as GoldenCase<Input, Output>[];
  return cases.map((item) => ({ ...item, input: expandRecipes(item.input) as Input }));
}
