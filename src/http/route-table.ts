import type { Method, RouteData } from './route.js';

/** A route, and what the segments of a path are that its `:name`s stand for. */
export interface RouteMatch<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

/** A place in the tree of paths: where the next segment leads, and the routes whose path ends here. */
interface Place<R> {
  readonly literal: Map<string, Place<R>>;
  any: Place<R> | undefined;
  readonly routes: Entry<R>[];
}

interface Entry<R> {
  readonly route: R;
  /** Its place among all routes: where two paths fit, the first one answers. */
  readonly rank: number;
  /** Per segment the name that it stands for, undefined where it stands for itself. */
  readonly names: readonly (string | undefined)[];
}

/**
 * Which route answers a path. One look costs a step per segment, however many routes there are: each request needs it
 * before anything else.
 */
export class RouteTable<R extends Pick<RouteData, 'method' | 'path'>> {
  readonly #root: Place<R> = emptyPlace();

  constructor(routes: readonly R[]) {
    routes.forEach((route, rank) => this.#add(route, rank));
  }

  /** The routes of a canonical path (`canonicalPath`), of every method, in their order. */
  find(path: string): readonly RouteMatch<R>[] {
    const segments = path.split('/').slice(1);
    const found: Entry<R>[] = [];
    collect(this.#root, segments, 0, found);
    found.sort((a, b) => a.rank - b.rank);
    return found.map(({ route, names }) => ({ route, params: paramsOf(names, segments) }));
  }

  #add(route: R, rank: number): void {
    const names: (string | undefined)[] = [];
    let place = this.#root;
    for (const segment of route.path.split('/').slice(1)) {
      const name = segment.startsWith(':') ? segment.slice(1) : undefined;
      names.push(name);
      place = name === undefined ? literalPlace(place, segment) : (place.any ??= emptyPlace());
    }
    place.routes.push({ route, rank, names });
  }
}

function emptyPlace<R>(): Place<R> {
  return { literal: new Map(), any: undefined, routes: [] };
}

function literalPlace<R>(place: Place<R>, segment: string): Place<R> {
  const known = place.literal.get(segment) ?? emptyPlace<R>();
  place.literal.set(segment, known);
  return known;
}

/** Both ways are gone: a segment may stand for itself in one route and for any in another. */
function collect<R>(place: Place<R>, segments: readonly string[], at: number, found: Entry<R>[]): void {
  if (at === segments.length) {
    found.push(...place.routes);
    return;
  }
  const segment = segments[at] as string;
  const own = place.literal.get(segment);
  if (own !== undefined) collect(own, segments, at + 1, found);
  if (place.any !== undefined && segment !== '') collect(place.any, segments, at + 1, found);
}

function paramsOf(names: readonly (string | undefined)[], segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  names.forEach((name, at) => {
    if (name !== undefined) params[name] = decodeURIComponent(segments[at] as string);
  });
  return params;
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
