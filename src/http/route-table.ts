import Router from '@koa/router';
import type { Method, RouteData } from './route.js';

/** A route, and what the segments of a path are that its `:name`s stand for. */
export interface RouteMatch<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

type Layer = Router['stack'][number];

/** The routes of one path. */
interface Entry<R> {
  /** @koa/router's own: what fits the path, and the parameters in it. */
  readonly layer: Layer;
  /** With the place of each among all routes: where two paths fit, the first one answers. */
  readonly routes: { readonly route: R; readonly rank: number }[];
}

const NO_ENTRIES: readonly never[] = [];

/** So many segments at the beginning of a path say which routes are looked at. */
const LEADING = 3;

/**
 * Which route answers a path. @koa/router says which fit, but asks all of them, and each request needs it before anything
 * else: only those are asked that have as many segments and begin with the same words.
 */
export class RouteTable<R extends Pick<RouteData, 'method' | 'path'>> {
  /** By how many segments a path has, and the words with which it begins, up to its first `:name`. */
  readonly #bySegments: Map<string, Entry<R>[]>[] = [];

  constructor(routes: readonly R[]) {
    const router = new Router({ sensitive: true, strict: true });
    const byPath = new Map<string, Entry<R>>();
    for (const [rank, route] of routes.entries()) {
      const known = byPath.get(route.path);
      if (known !== undefined) {
        known.routes.push({ route, rank });
        continue;
      }
      router.register(route.path, [route.method], () => undefined);
      const layer = router.stack.at(-1);
      if (layer === undefined) throw new Error(`the router did not take ${route.path}`);
      const entry = { layer, routes: [{ route, rank }] };
      byPath.set(route.path, entry);
      const byWords = (this.#bySegments[segmentsIn(route.path)] ??= new Map<string, Entry<R>[]>());
      const words = wordsOf(route.path);
      byWords.set(words, [...(byWords.get(words) ?? []), entry]);
    }
  }

  /** The routes of a canonical path (`canonicalPath`), of every method, in their order. */
  find(path: string): readonly RouteMatch<R>[] {
    const found: (RouteMatch<R> & { readonly rank: number })[] = [];
    let paths = 0;
    const byWords = this.#bySegments[segmentsIn(path)];
    if (byWords === undefined) return found;
    for (let end = leadingEnd(path); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      for (const { layer, routes } of byWords.get(path.slice(0, end)) ?? NO_ENTRIES) {
        if (!layer.match(path)) continue;
        paths += 1;
        const params = layer.params(path, layer.captures(path));
        for (const { route, rank } of routes) found.push({ route, params, rank });
      }
      if (end === 0) break;
    }
    return paths < 2 ? found : found.sort((a, b) => a.rank - b.rank);
  }
}

/** A `:name` stands for one segment, so that a path has as many as its route. */
function segmentsIn(path: string): number {
  let count = 0;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) count += 1;
  return count;
}

/** The words with which the path of a route begins. */
function wordsOf(path: string): string {
  const name = path.indexOf('/:');
  return path.slice(0, Math.min(leadingEnd(path), name < 0 ? path.length : name));
}

/** Where the first segments of a path end. */
function leadingEnd(path: string): number {
  let end = 0;
  for (let count = 0; count < LEADING && end >= 0; count += 1) end = path.indexOf('/', end + 1);
  return end < 0 ? path.length : end;
}

/**
 * The methods that a path takes, in the order of its routes, for the header `allow`. HEAD is answered as GET is, where
 * a route says so.
 */
export function methodsOf(matches: readonly RouteMatch<Pick<RouteData, 'method' | 'head'>>[]): Set<Method | 'HEAD'> {
  const head = matches.some(({ route }) => route.head === true);
  return new Set(
    matches.flatMap(({ route: { method } }) => (method === 'GET' && head ? (['HEAD', 'GET'] as const) : [method])),
  );
}
