import Router from '@koa/router';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalPath } from '../../src/http/canonical-path.js';
import { methodsOf, RouteTable } from '../../src/http/route-table.js';
import { allRoutes } from '../../src/http/routes/all-routes.js';

const routes = allRoutes();
const words = [...new Set(routes.flatMap(({ path }) => path.split('/')))].map((word) => word.replace(':', ''));
const segment = fc.oneof(fc.constantFrom(...words), fc.constantFrom('', '..', '%41', 'a%2Fb', 'é', '%C3%A9', 'Group'));
const path = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
  fc.constantFrom(...routes.map(({ path: of }) => of.replaceAll(':', ''))),
);

it('finds the routes that @koa/router finds, in their order, with their parameters', () => {
  const router = new Router({ sensitive: true, strict: true });
  for (const { path: of, method } of routes) router.register(of, [method], () => undefined);
  const table = new RouteTable(routes);
  fc.assert(
    fc.property(path, (url) => {
      const canonical = canonicalPath(encodeURI(decodeURI(url)));
      const found = table.find(canonical);
      const layers = router.match(canonical, 'GET').path;
      expect(found.map(({ route }) => route.path)).toEqual(layers.map((layer) => layer.path));
      found.forEach(({ params }, at) => {
        const layer = layers[at];
        expect(params).toEqual(layer?.params(canonical, layer.captures(canonical)));
      });
    }),
    { numRuns: 1000 },
  );
});

it('takes HEAD where a route says so', () => {
  const table = new RouteTable([
    { method: 'GET', path: '/a' },
    { method: 'PUT', path: '/a' },
    { method: 'GET', path: '/b', head: true },
  ] as const);
  expect([...methodsOf(table.find('/a'))]).toEqual(['GET', 'PUT']);
  expect([...methodsOf(table.find('/b'))]).toEqual(['HEAD', 'GET']);
  expect(table.find('/c')).toEqual([]);
});
