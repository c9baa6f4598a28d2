import { Agent, request } from 'node:http';

/** An answer as it came. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Connections that are kept, to one server. */
export interface HttpClient {
  ask(method: string, path: string, body?: unknown): Promise<Answered>;
  /** POSTs to v2; gives the id. Rejects where it is refused. */
  create(resource: string, doc: object): Promise<string>;
  close(): void;
}

/** `connections`: how many at most at once; further questions wait. Default 1. */
export function httpClient(base: string, connections = 1): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const client: HttpClient = {
    ask(method, path, body) {
      return new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const headers = {
          accept: 'application/json',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        };
        const sent = request(`${base}${path}`, { method, agent, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        });
        sent.once('error', reject);
        sent.end(text);
      });
    },
    async create(resource, doc) {
      const { status, body } = await client.ask('POST', `/api/V2/${resource}`, doc);
      if (status !== 201) throw new Error(`POST ${resource} was answered ${status}: ${body.toString()}`);
      return (JSON.parse(body.toString()) as { id: string }).id;
    },
    close: () => agent.destroy(),
  };
  return client;
}
