import type { JsonObject } from '../model/document.js';
import type { Create } from './demo-policy.js';

/** What the API answered. */
export interface DemoAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** The API of the demo's server, used as any client would. */
export interface DemoApi {
  /** Creates one document. Rejects where the API refuses it. */
  readonly create: Create;
  ask(method: 'GET' | 'PUT', path: string, body?: JsonObject, headers?: Record<string, string>): Promise<DemoAnswer>;
}

export function demoApi(base: string): DemoApi {
  const fetched = (method: string, path: string, body?: JsonObject, headers: Record<string, string> = {}) =>
    fetch(`${base}${path}`, {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    async create(resource, doc) {
      const response = await fetched('POST', `/api/V2/${resource}`, doc);
      if (response.status !== 201)
        throw new Error(`POST ${resource} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as { id: string };
    },
    async ask(method, path, body, headers) {
      const response = await fetched(method, path, body, headers);
      return { status: response.status, body: (await response.json()) as JsonObject };
    },
  };
}
