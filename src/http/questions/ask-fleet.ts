import { AnalysisError, EndError } from '../../analysis/index.js';
import type { Operations } from '../../operations/operations.js';
import type { Asked, QuestionOptions } from '../../plan/fleet-questions.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';

/** What routes of questions use. */
export interface QuestionNeeds {
  readonly operations: () => Pick<Operations, 'questions'>;
}

/** What it throws is an answer of the API. */
export function questionRefused(error: unknown): unknown {
  if (error instanceof EndError && error.status === 404)
    return new ApiError('not_found', { what: error.message }, { body: { field: error.field } });
  if (error instanceof EndError)
    return new ApiError('bad_request', { reason: error.message }, { body: { field: error.field } });
  if (error instanceof AnalysisError) return new ApiError('unavailable', { reason: error.message });
  return error;
}

/** Asks for as long as the request may take and its client waits. */
export async function askFleet<Answer>(
  { incoming, deps }: Call,
  { operations }: QuestionNeeds,
  kind: QuestionOptions['kind'],
  work: (asked: Asked) => Generator<void, Answer>,
): Promise<Answer> {
  const ms = deps.config.api.request_timeout_ms;
  const end = performance.now() + ms;
  const stop = (): Error | undefined => {
    if (incoming.socket.destroyed) return new ApiError('unavailable', { reason: 'the client has left' });
    return performance.now() > end ? new ApiError('timed_out', { ms }, { headers: { 'retry-after': '5' } }) : undefined;
  };
  try {
    return await operations().questions.ask(work, { kind, stop });
  } catch (error) {
    throw questionRefused(error);
  }
}
