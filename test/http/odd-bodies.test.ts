import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../src/model/json-schema.js';
import type { Resource } from '../../src/model/document.js';
import { RESOURCES, declarationOf } from '../../src/resources/resources.js';
import { allRoutes } from '../../src/http/routes/all-routes.js';
import type { RouteData } from '../../src/http/route.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';

const ODD_KEYS = ['', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'length', '0', '-1'];
const ODD = [
  ...ODD_KEYS,
  '\ud800',
  '\u0000',
  '\u202e',
  '..',
  '%',
  '/',
  'a'.repeat(3000),
  'dog_trainer_store',
  'warnings',
  'any',
  'self',
  'all-active',
];
/** What JSON can spell and `JSON.stringify` never would; each stands for a marked text. */
const RAW = [
  '1e400',
  '-0',
  '9007199254740993',
  '1e-400',
  '{"__proto__":{}}',
  '"\\ud800"',
  "'x'",
  '[1,]',
  '/**/0',
  'nul',
];

const scalar = fc.oneof(
  fc.constantFrom(...ODD, '10.0.0.1', '::', '1.2.3.4/33', 'x', 'tcp', 'n1', 'n2'),
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, 5e-324, 4294967296),
  fc.integer({ min: 0, max: RAW.length - 1 }).map((index) => `RAW${index}`),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...ODD, 'inbound', 'outbound', 'rules', 'ports'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** Mostly what the schema asks for, here and there anything else. */
function like(schema: JsonSchema): fc.Arbitrary<unknown> {
  const odd = { weight: 1, arbitrary: anything };
  return fc.oneof(odd, { weight: 30, arbitrary: fitting(schema) });
}

function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const type = typeof schema.type === 'object' ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {}).filter(([key]) => key !== 'id');
      const record = fc.record(Object.fromEntries(members.map(([key, inner]) => [key, like(inner)])), {
        requiredKeys: [...(schema.required ?? [])].filter((key) => members.some(([name]) => name === key)),
      });
      const more = fc.dictionary(fc.constantFrom(...ODD), anything, { maxKeys: 1 });
      return fc.tuple(record, more).map(([one, two]) => ({ ...two, ...one }));
    }
    case 'array':
      return fc.array(like(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'boolean':
      return fc.boolean();
    case 'number':
    case 'integer':
      return fc.constantFrom(0, 1, 2, 30, 1e9, -5, 0.5);
    case 'string':
      return fc.constantFrom(
        'web',
        'us-test-qa',
        '10.1.2.3',
        'sg-1',
        'fe80::1',
        'tcp',
        '443',
        'any',
        'ab',
        'abcdefghij1',
      );
    default:
      return anything;
  }
}

const routesWithBodies = allRoutes().filter(({ takes }) => takes !== undefined);

function bodyOf(route: RouteData): fc.Arbitrary<string> {
  const name = /^\/api(?:\/V2)?\/(\w+)/.exec(route.path)?.[1] ?? '';
  const value = RESOURCES.has(name as Resource) ? like(declarationOf(name as Resource).schema) : anything;
  return value.map((made) =>
    (JSON.stringify(made) ?? 'null').replace(/"RAW(\d)"/g, (_whole, index: string) => RAW[Number(index)] as string),
  );
}

const request = fc.constantFrom(...routesWithBodies).chain((route) =>
  fc.record({
    route: fc.constant(route),
    body: bodyOf(route),
    segment: fc.oneof(fc.nat(5), fc.constantFrom(...ODD.filter((text) => text !== '\ud800'))),
  }),
);

describe('odd bodies', () => {
  let server: ApiServer;
  const ids: string[] = [];
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server.close());

  it('no route answers any of them with a fault of its own', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ route, body, segment }) => {
        const place = typeof segment === 'number' ? (ids.at(-1 - segment) ?? 'none') : segment;
        const path = route.path.replace(/:\w+/g, encodeURIComponent(place));
        const answer = await fetch(`${server.url}${path}`, {
          method: route.method,
          headers: { 'content-type': 'application/json' },
          body,
          redirect: 'manual',
        });
        const text = await answer.text();
        if (answer.status === 201) ids.push((JSON.parse(text) as { readonly id: string }).id);
        expect(answer.status, `${route.method} ${path} ${body} answered ${text}`).toBeLessThan(500);
      }),
      { numRuns: 1000 },
    );
    expect(server.lines.filter(({ level }) => level === 'error')).toEqual([]);
    // Else nothing but refusals was looked at.
    expect(ids.length).toBeGreaterThan(10);
  }, 120_000);
});
