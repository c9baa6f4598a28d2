import type { JsonObject } from '../../model/document.js';
import type { Operations } from '../../operations/operations.js';
import { ApiError } from '../errors.js';
import { questionRefused } from '../questions/ask-fleet.js';
import { explanation } from '../questions/explain.js';
import { endText, readQuestion } from '../questions/read-question.js';
import { ConsoleError } from './console-error.js';

export const EXPLAIN_USAGE = 'FROM TO [PROTOCOL [PORT]] [v4|v6]';
/** How long it may take: the console waits for 10 s. */
const EXPLAIN_MS = 8000;

/** `explain FROM TO [PROTOCOL [PORT]] [v4|v6]`: whether such a connection works, and why. */
export async function explained({ questions }: Pick<Operations, 'questions'>, argument: string): Promise<JsonObject> {
  const [from = '', to = '', ...more] = argument.split(' ');
  const last = more.at(-1);
  const family = last === 'v4' || last === 'v6' ? last : undefined;
  const [protocol, port, ...rest] = family === undefined ? more : more.slice(0, -1);
  if (to === '' || rest.length > 0) throw new ConsoleError(`usage: explain ${EXPLAIN_USAGE}`);
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new ConsoleError(`${port} is not a port`);
  const body: JsonObject = {
    from,
    to,
    ...(protocol === undefined ? {} : { protocol: /^\d+$/.test(protocol) ? Number(protocol) : protocol }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(family === undefined ? {} : { family }),
  };
  const question = { from: endText(body, 'from'), to: endText(body, 'to'), query: readQuestion(body) };
  const end = performance.now() + EXPLAIN_MS;
  const stop = (): Error | undefined =>
    performance.now() > end ? new ApiError('timed_out', { ms: EXPLAIN_MS }) : undefined;
  try {
    return await questions.ask((asked) => explanation(question, asked), { kind: 'long', stop });
  } catch (error) {
    throw questionRefused(error);
  }
}
