import { AnalysisError, EndError } from '../../analysis/index.js';
import type { Operations } from '../../operations/operations.js';
import type { Asked, QuestionOptions } from '../../plan/fleet-questions.js';
import type { AskedThen, PastEnds } from '../../plan/past/past-questions.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';

/** What routes of questions use. */
export interface QuestionNeeds {
  readonly operations: () => Pick<Operations, 'questions'>;
}

/** What those use that can be asked about former times. */
export interface PastQuestionNeeds {
  readonly operations: () => Pick<Operations, 'questions' | 'pastQuestions'>;
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

/** Ends a question when the request has taken too long, or its client has left. */
export function stopFor(
  { incoming, deps }: Call,
  ms: number = deps.config.api.request_timeout_ms,
): NonNullable<QuestionOptions['stop']> {
  const end = performance.now() + ms;
  return () => {
    if (incoming.socket.destroyed) return new ApiError('unavailable', { reason: 'the client has left' });
    return performance.now() > end ? new ApiError('timed_out', { ms }, { headers: { 'retry-after': '5' } }) : undefined;
  };
}

/** Asks for as long as the request may take, or `ms`, and its client waits. */
export async function askFleet<Answer>(
  call: Call,
  { operations }: QuestionNeeds,
  kind: QuestionOptions['kind'],
  work: (asked: Asked) => Generator<void, Answer>,
  ms?: number,
): Promise<Answer> {
  try {
    return await operations().questions.ask(work, { kind, stop: stopFor(call, ms) });
  } catch (error) {
    throw questionRefused(error);
  }
}

/** The same about a former time. */
export async function askPast<Answer>(
  call: Call,
  { operations }: PastQuestionNeeds,
  kind: QuestionOptions['kind'],
  ends: PastEnds,
  work: (asked: AskedThen) => Generator<void, Answer>,
): Promise<Answer> {
  try {
    return await operations().pastQuestions.ask(ends, work, { kind, stop: stopFor(call) });
  } catch (error) {
    throw questionRefused(error);
  }
}
