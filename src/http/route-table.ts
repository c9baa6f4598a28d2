import Router from '@koa/router';
import type { Method, RouteData } from './route.js';

/** A route, and what the segments of a path are that its `:name`s stand for. */
export interface RouteMatch<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

type Layer = Router['stack'][number];

interface Entry<R> {
  readonly route: R;
  /** @koa/router's own: what fits its path, and the parameters in it. */
  readonly layer: Layer;
  /** Its place among all routes: where two paths fit, the first one answers. */
  readonly rank: number;
}

/** So many segments at the beginning of a path say which routes are looked at. */
const LEADING = 3;

/**
 * Which route answers a path. @koa/router says which fit, but asks all of them, and each request needs it before anything
 * else: only those are asked that begin with the same words.
 */
export class RouteTable<R extends Pick<RouteData, 'method' | 'path'>> {
  /** By the words with which a path begins, up to its first `:name`. */
  readonly #byWords = new Map<string, Entry<R>[]>();

  constructor(routes: readonly R[]) {
    const router = new Router({ sensitive: true, strict: true });
    for (const [rank, route] of routes.entries()) {
      router.register(route.path, [route.method], () => undefined);
      const layer = router.stack.at(-1);
      if (layer === undefined) throw new Error(`the router did not take ${route.path}`);
      const segments = segmentsOf(route.path);
      const name = segments.findIndex((segment) => segment.startsWith(':'));
      const words = wordsOf(segments, name < 0 ? LEADING : Math.min(LEADING, name));
      this.#byWords.set(words, [...(this.#byWords.get(words) ?? []), { route, layer, rank }]);
    }
  }

  /** The routes of a canonical path (`canonicalPath`), of every method, in their order. */
  find(path: string): readonly RouteMatch<R>[] {
    const segments = segmentsOf(path).slice(0, LEADING);
    const found: Entry<R>[] = [];
    for (let count = segments.length; count >= 0; count -= 1)
      for (const entry of this.#byWords.get(wordsOf(segments, count)) ?? [])
        if (entry.layer.match(path)) found.push(entry);
    found.sort((a, b) => a.rank - b.rank);
    return found.map(({ route, layer }) => ({ route, params: layer.params(path, layer.captures(path)) }));
  }
}

function wordsOf(segments: readonly string[], count: number): string {
  return segments
    .slice(0, count)
    .map((segment) => `/${segment}`)
    .join('');
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
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
