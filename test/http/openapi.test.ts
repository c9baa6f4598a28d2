import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/document.js';
import { allRoutes } from '../../src/http/routes/all-routes.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { type Answer, type Client, client, RULE } from '../support/api-client.js';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: object;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}
interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: JsonObject };
}

function fits(path: string, at: string): boolean {
  return new RegExp(`^${path.replace(/[.$]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`).test(at);
}

describe('the OpenAPI document', () => {
  let server: ApiServer;
  let call: Client;
  let api: Described;
  let ajv: Ajv2020;

  beforeAll(async () => {
    server = await startApiServer();
    call = client(server.url);
    api = (await call('GET', '/api/V2/openapi.json')).json as unknown as Described;
    ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'api', components: api.components });
  });
  afterAll(() => server.close());

  it('is OpenAPI 3.1, and describes every route and nothing else', () => {
    expect(api.openapi).toBe('3.1.0');
    const described = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routed = allRoutes().map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(described.sort()).toEqual(routed.sort());
    const ids = Object.values(api.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says which methods a path has: those, and no others, are not 405', async () => {
    for (const path of Object.keys(api.paths)) {
      const at = path.replace(/\{\w+\}/g, 'x');
      // Other paths may fit it too: /link/{id}/accept is one of /link/{id}/{sub}.
      const fitting = Object.entries(api.paths).filter(([each]) => fits(each, at));
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const { status } = await call(method, at, method === 'POST' || method === 'PUT' ? {} : undefined);
        const taken = fitting.some(([, methods]) => method.toLowerCase() in methods);
        expect([method, path, status === 405]).toEqual([method, path, !taken]);
      }
    }
  });

  const validators = new Map<string, ValidateFunction>();
  /** Compiling takes longer than all else here, and most operations share their schemas. */
  const validatorOf = (schema: object): ValidateFunction => {
    const local = JSON.stringify(schema).replaceAll('"#/', '"api#/');
    const known = validators.get(local) ?? ajv.compile(JSON.parse(local) as object);
    validators.set(local, known);
    return known;
  };

  /** Whether an answer is one that the operation describes: its status, its type, its schema. */
  const check = (path: string, method: string, answer: Answer) => {
    const operation = api.paths[path]?.[method.toLowerCase()];
    const response = operation?.responses[String(answer.status)];
    const where = `${method} ${path} ${answer.status} ${answer.text.slice(0, 200)}`;
    expect(response, where).toBeDefined();
    const type = answer.headers.get('content-type')?.split(';')[0];
    if (answer.status === 204) {
      expect([answer.text, response?.content]).toEqual(['', undefined]);
      return;
    }
    expect(Object.keys(response?.content ?? {}), where).toContain(type);
    const schema = response?.content?.[type ?? '']?.schema;
    if (!schema) return;
    const validate = validatorOf(schema);
    validate(answer.json);
    expect([where, validate.errors]).toEqual([where, null]);
  };

  const operations = () =>
    Object.entries(api.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path, method })));

  it('describes what every route answers: to the unknown, to nonsense, to what it does not offer', async () => {
    for (const { path, method } of operations()) {
      const verb = method.toUpperCase();
      const at = path.replace(/\{\w+\}/g, 'unknown');
      const takes = verb === 'POST' || verb === 'PUT';
      check(path, verb, await call(verb, at, takes ? {} : undefined));
      check(path, verb, await call(verb, at, takes ? {} : undefined, { accept: 'text/html' }));
      check(path, verb, await call(verb, at, takes ? {} : undefined, { accept: 'nonsense' }));
      if (takes) check(path, verb, await call(verb, at, '{'));
      if (takes) check(path, verb, await call(verb, at, 'x', { 'content-type': 'text/html' }));
    }
  });

  it('describes what every resource answers in a life: created, read, listed, changed, refused, removed', async () => {
    const sets = { groups: {}, zones: {} };
    const bodies: Readonly<Record<string, JsonObject>> = {
      external: { name: 'q1', v4: sets, v6: sets },
      fact: { name: 'f', groups: {} },
      group: { name: 'g' },
      host: { name: 'h', hostkey: 'a-hostkey-x', group: 'g', environment: '*', location: '*' },
      profile: { name: 'p', rules: { inbound: [RULE], outbound: [] } },
      ruleset: { name: 'r', rules: { inbound: [RULE], outbound: [] } },
      service: { name: 's', version: 1, services: [{ protocol: 'tcp', ports: ['1'] }] },
      zone: { name: 'z', ipv4_addresses: ['10.0.0.1'], ipv6_addresses: [] },
    };
    for (const [base, version] of [
      ['/api', 'v1'],
      ['/api/V2', 'v2'],
    ] as const) {
      for (const [resource, body] of Object.entries(bodies)) {
        const path = `${base}/${resource}`;
        const id = `${version}-${resource}`;
        check(path, 'POST', await call('POST', path, { ...body, id }));
        check(path, 'POST', await call('POST', path, { ...body, id }));
        check(path, 'POST', await call('POST', path, { ...body, name: '' }));
        check(path, 'GET', await call('GET', `${path}?name=${body['name'] as string}`));
        check(`${path}/{id}`, 'GET', await call('GET', `${path}/${id}`));
        check(`${path}/{id}`, 'PUT', await call('PUT', `${path}/${id}`, { ...body, note: 1 }));
        check(`${path}/{id}`, 'PUT', await call('PUT', `${path}/${id}`, { ...body, name: '' }));
        check(`${path}/{id}`, 'PUT', await call('PUT', `${path}/${id}`, body, { 'if-match': '"0"' }));
        for (const sub of ['hcl', 'ips', 'hosts', 'ruleset'])
          check(`${path}/{id}/{sub}`, 'GET', await call('GET', `${path}/${id}/${sub}`));
        check(`${path}s`, 'GET', await call('GET', `${path}s`));
        for (const sub of ['schema', 'names', 'ips'])
          check(`${path}s/{sub}`, 'GET', await call('GET', `${path}s/${sub}`));
        check(`${path}/{id}`, 'DELETE', await call('DELETE', `${path}/${id}`));
      }
    }
    for (const path of [
      '/livez',
      '/readyz',
      '/api/healthcheck',
      '/api/V2/ipsets',
      '/api/V2/actors',
      '/api/V2/publishing',
      '/api/V2/audit',
    ]) {
      check(path, 'GET', await call('GET', path));
    }
    server.runtime.ready = { ready: false, reasons: ['the broker is away'] };
    check('/readyz', 'GET', await call('GET', '/readyz'));
    check('/api/publish', 'GET', await call('GET', '/api/publish?group=g'));
    check('/api/V2/publishing', 'POST', await call('POST', '/api/V2/publishing', { paused: true }));
  });
});
