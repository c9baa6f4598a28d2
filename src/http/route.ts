import type { IncomingMessage } from 'node:http';
import type { Json } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import type { ApiVersion } from '../resources/resource.js';
import type { DocumentNeeds } from './documents/document-needs.js';
import type { Exclusive } from './documents/exclusive.js';
import type { ErrorCode } from './errors.js';
import type { Reply } from './reply.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * What a token must be allowed to do for a route; `open` routes need none
 * (docs/decisions/0020-health-readiness-and-metrics-need-no-token.md).
 */
export type Scope = 'open' | 'read' | 'write' | 'command';

/** One call, as handlers see it. */
export interface Call {
  readonly deps: DocumentNeeds;
  readonly method: Method;
  readonly version: ApiVersion;
  /** Decoded path segments by their names in the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Who asks, for the audit trail. */
  readonly author: string;
  /** What the caller may do. */
  readonly scopes: readonly Exclude<Scope, 'open'>[];
  /** When the caller's token ends, epoch seconds; null: never, or none is asked for. */
  readonly tokenEnds: number | null;
  /** Whether the caller may see secrets in documents: with the scope `write`, or where no tokens are required. */
  readonly seesSecrets: boolean;
  /** The media type chosen from the route's `produces`. */
  readonly accepts: string;
  /** The parsed body of a route that takes JSON, else null. */
  readonly body: Json;
  /** The raw request, for bodies that are not JSON. */
  readonly incoming: IncomingMessage;
  /** Epoch seconds. */
  readonly now: number;
  /** The queue of writes that look at more than their own document. */
  readonly exclusive: Exclusive;
}

/**
 * A query parameter that the route looks at; all others are ignored
 * (docs/decisions/0018-what-the-api-answers-where-it-broke-off.md).
 */
export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
}

/** The body of an answer with a status: a schema by name or inline, a media type if it isn't JSON, or nothing. */
export interface Answer {
  readonly description: string;
  readonly schema?: JsonSchema | { readonly $ref: string };
  readonly type?: string;
}

/**
 * Which body a route takes. `before`: JSON is parsed before its type is looked at
 * (docs/http-api.md#rules-for-every-route).
 */
export interface TakesJson {
  readonly kind: 'json';
  readonly parsedFirst: boolean;
  readonly schema: JsonSchema | { readonly $ref: string };
}

/** A route as data: the router, the OpenAPI document and the access check all read it. */
export interface RouteData {
  readonly method: Method;
  /** Path with `:name` for a segment. */
  readonly path: string;
  readonly version: ApiVersion;
  /** Unique name of the operation. */
  readonly id: string;
  readonly summary: string;
  readonly scope: Scope;
  /**
   * `leader`: the answer comes from actors that only the leading server runs, so the others pass the request on to it
   * (forward/). Absent: every server answers by itself.
   */
  readonly answeredBy?: 'leader';
  /** HEAD is answered as GET is, without the body: for probes. Absent: 405. */
  readonly head?: true;
  /** Media types on offer, the preferred one first. */
  readonly produces: readonly string[];
  readonly takes?: TakesJson | { readonly kind: 'json-or-form' };
  readonly parameters?: readonly Parameter[];
  readonly answers: Readonly<Record<number, Answer>>;
  /** Refusals beside those that any route may give. */
  readonly refuses?: readonly ErrorCode[];
}

/**
 * A route and its handler.
 * @typeParam Needs what the handler uses of the server, besides the call; the app passes it
 */
export interface Route<Needs = unknown> extends RouteData {
  readonly handle: (call: Call, needs: Needs) => Promise<Reply> | Reply;
}
