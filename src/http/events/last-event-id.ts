import type { EventSource } from '../../events/event-book.js';
import { ApiError } from '../errors.js';

const FORM = /^([0-9a-f]{12})-(\d{1,15})$/;

/**
 * Where a stream begins. Without an id (`RUN-NUMBER`): with what comes next. With one of this run: after it. With one of
 * another run, before a restart or of another server: with all that is kept, after a gap. Throws `bad_parameter` for what
 * is no id of ours, and for a number that this run has not reached.
 */
export function placeOf(
  id: string | readonly string[] | undefined,
  { run, last }: Pick<EventSource<never>, 'run' | 'last'>,
): { readonly from: number; readonly gap: boolean } {
  if (id === undefined || id === '') return { from: last, gap: false };
  const [, of, number] = FORM.exec(String(id)) ?? [];
  if (of === undefined) throw wrong('give an id as a stream of this server has it, such as 0123456789ab-17');
  if (of !== run) return { from: 0, gap: true };
  if (Number(number) > last) throw wrong(`the newest event is ${run}-${last}`);
  return { from: Number(number), gap: false };
}

function wrong(reason: string): ApiError {
  return new ApiError('bad_parameter', { name: 'last_event_id', reason });
}
