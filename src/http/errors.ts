import type { JsonObject } from '../model/document.js';

/**
 * One kind of refusal. `text` is the answer's `error`, its `{names}` filled in; `advice` tells an operator what to do.
 */
export interface ErrorKind {
  /** The usual status; where a version of the API answers another one, `v1` or `put` has it. */
  readonly status: number;
  /** Status in v1, where it differs. */
  readonly v1?: number;
  /** Status on PUT (both versions), where it differs. */
  readonly put?: number;
  readonly text: string;
  readonly advice: string;
}

/** Every error that the API answers with (docs/errors.md is made from this table). */
export const ERRORS = {
  bad_request: {
    status: 400,
    text: 'bad request: {reason}',
    advice:
      'Correct the request; the text says what is wrong with it. Where there is a `field` it names the faulty one, `problems` each fault in files of policy.',
  },
  bad_json: {
    status: 400,
    text: 'the body is not usable JSON: {reason}',
    advice: 'Send one JSON object. The reason says where reading stopped.',
  },
  bad_parameter: {
    status: 400,
    text: 'query parameter {name}: {reason}',
    advice: 'Leave the parameter out, or give it one of the values named.',
  },
  data_invalid: {
    status: 409,
    v1: 400,
    put: 400,
    text: 'data_invalid',
    advice:
      '`path` leads to the faulty value, `schema` is the rule it breaks, `reason` says it in words where there is one.',
  },
  not_updated: {
    status: 400,
    text: 'no_updated',
    advice: 'The id in the body is not that of the path, or the document is built in and cannot be changed.',
  },
  not_found_on_update: {
    status: 400,
    text: 'notfound',
    advice: 'No document has this id. PUT never creates one: use POST.',
  },
  unauthenticated: {
    status: 401,
    text: 'a valid token is needed: {reason}',
    advice: 'Send `Authorization: Bearer TOKEN`; make one with `dog-trainer token create`.',
  },
  forbidden: {
    status: 403,
    text: 'the token lacks the scope {scope}',
    advice: 'Use a token with this scope; scopes are read, write and command.',
  },
  commands_off: {
    status: 403,
    text: 'remote commands and file transfer are switched off',
    advice: 'Set `api.commands: true` if this server is meant to run commands on its hosts.',
  },
  foreign_origin: {
    status: 403,
    text: 'requests of pages of other sites are refused: {origin}',
    advice:
      'If that site is yours (a console on another host name, a gateway that changes `Host`), add its host name to `api.allowed_hosts`.',
  },
  foreign_host: {
    status: 421,
    text: 'this server is not known as {host}; if it should be, add the name to api.allowed_hosts',
    advice:
      'Ask by address, as localhost, or by a configured name; add the name that clients or a gateway use to `api.allowed_hosts`.',
  },
  unknown_hostkey: {
    status: 403,
    text: 'Hostkey not found',
    advice: 'No host has this hostkey; `GET /api/V2/hosts` lists those there are.',
  },
  not_found: {
    status: 404,
    text: 'not found: {what}',
    advice: 'Look at the path: it is case-sensitive (`/api/V2`), and the document or sub-resource must exist.',
  },
  method_not_allowed: {
    status: 405,
    text: 'method {method} is not allowed here',
    advice: 'The `allow` header names the methods of this path.',
  },
  not_acceptable: {
    status: 406,
    text: 'none of the accepted media types is offered; there is {offered}',
    advice: 'Send `Accept: application/json`.',
  },
  exists: {
    status: 409,
    text: 'Object exists',
    advice:
      'Another document has this name, hostkey or id: `field` says which, `id` names it. Change that one, or choose another.',
  },
  builtin: {
    status: 409,
    text: '{id} is built in and cannot be removed',
    advice: 'Built-in groups and services are always there.',
  },
  in_use: {
    status: 409,
    v1: 500,
    text: 'in use',
    advice: '`errors` names who uses the document, by id. Change those first.',
  },
  nothing_held: {
    status: 409,
    text: 'nothing of this link is held',
    advice: '`GET /api/V2/link/:id/status` shows whether something is; what takes away less was taken over by itself.',
  },
  actor_refused: {
    status: 409,
    text: '{reason}',
    advice:
      'Where the answer has `confirm`, these actors go down with the one you named: ask again with `?confirm=` and just these ids, with commas between them, if that is meant.',
  },
  stale: {
    status: 412,
    text: 'the document is at revision {current}, which if-match ({wanted}) does not name; weak tags (W/) never match',
    advice: 'Read it again, apply the change to what is there now, and send its new `ETag` as `If-Match`.',
  },
  plan_stale: {
    status: 409,
    text: 'the plan is out of date: {what}',
    advice: '`moved` names what is no longer as it was when the plan was made. Plan again, look, and apply that.',
  },
  assertion_broken: {
    status: 409,
    v1: 400,
    text: 'what is asserted would be broken: {names}',
    advice:
      '`assertions` names them, each with a packet that shows it. Change what is written, or give the header `x-override-reason` (a plan: `override`) if it is meant; writes that only together keep an assertion are one plan.',
  },
  guard_broken: {
    status: 409,
    v1: 400,
    text: 'what every host needs would be broken: {names}',
    advice:
      '`guards` names what `guards.*` of the configuration guards, each with a packet that shows it. Change what is written, or give the header `x-override-reason` (a plan: `override`) if it is meant.',
  },
  revision_unusable: {
    status: 409,
    text: 'the group cannot be held at this revision: {reason}',
    advice: 'Hold it at another revision, or make what the reason names again.',
  },
  no_management_api: {
    status: 409,
    text: "RabbitMQ's management API is not configured here",
    advice: 'Set `broker.management.url`: connections of agents are closed through it.',
  },
  rollout_state: {
    status: 409,
    text: 'the rollout cannot do that now: {reason}',
    advice: 'Look at it (`GET /api/V2/rollout/:id`); a newer change of its group may have taken its place.',
  },
  too_large: {
    status: 413,
    text: 'the body is larger than {limit} bytes',
    advice: 'Split the request, or raise `api.max_body_bytes` (files: `api.max_upload_bytes`).',
  },
  too_complex: {
    status: 413,
    text: 'the body has more than {limit} {what} ({key})',
    advice: 'Split it into several documents, or raise the key of the configuration that the text names.',
  },
  unsupported_media_type: {
    status: 415,
    text: 'the body must be {wanted}',
    advice: 'Send `Content-Type: application/json`.',
  },
  too_many_failures: {
    status: 429,
    text: 'too many requests without a valid token from this address',
    advice: 'Wait for the seconds in `retry-after`, and check which client sends a wrong token.',
  },
  internal: {
    status: 500,
    text: 'internal error',
    advice: 'This is a defect. The log has an entry with the same `request` number.',
  },
  agent_error: {
    status: 500,
    text: '{reason}',
    advice: 'The agent on the host refused; the text is its own.',
  },
  unavailable: {
    status: 503,
    text: 'the server cannot do this now: {reason}',
    advice: 'Try again after the seconds in `retry-after`; `/readyz` says what is missing.',
  },
  not_the_leader: {
    status: 503,
    text: 'only the leading server can answer this: {reason}',
    advice:
      'Try again after the seconds in `retry-after`, or ask the server in `leader` itself. Where that is null nobody leads: within `cluster.lease_seconds` a server that is up takes over.',
  },
  too_many_streams: {
    status: 503,
    text: 'there are {most} streams of events already (api.streams_max)',
    advice: 'Close one that is not needed, or raise `api.streams_max`.',
  },
  too_many_traces: {
    status: 503,
    text: '{reason}',
    advice: 'Wait until a trace is over, or end one; those of `dog-trainer console` last 8 seconds at most.',
  },
  timed_out: {
    status: 503,
    text: 'no result within {ms} ms; what was asked may still happen',
    advice: 'Read the document before sending a change again.',
  },
  upload_not_kept: {
    status: 507,
    text: 'the upload cannot be kept on disk until it is sent: {reason}',
    advice: 'Make space in `data_dir`, or let the server write there; nothing was sent to the host.',
  },
  storage_full: {
    status: 507,
    text: 'the disk of the store is full',
    advice: 'Make space; nothing was written.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** The `error` text of a kind with its names filled in; a name without a value stays as it is. */
export function errorText(code: ErrorCode, fill: Readonly<Record<string, string | number>>): string {
  return ERRORS[code].text.replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

/** A refusal: thrown by handlers, sent to the client by one middleware. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  /** Further members of the answer's body. */
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: ErrorCode,
    fill: Readonly<Record<string, string | number>> = {},
    more: {
      readonly body?: JsonObject;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
      /** The whole text, where it is known already. */
      readonly text?: string;
    } = {},
  ) {
    super(more.text ?? errorText(code, fill), { cause: more.cause });
    this.code = code;
    this.body = more.body ?? {};
    this.headers = more.headers ?? {};
  }
}

/** The status of an error where it is answered: the version of the API and the method decide for some. */
export function errorStatus(code: ErrorCode, where: { readonly v1: boolean; readonly method: string }): number {
  const kind: ErrorKind = ERRORS[code];
  if (where.method === 'PUT' && kind.put !== undefined) return kind.put;
  return (where.v1 ? kind.v1 : undefined) ?? kind.status;
}
