import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { CommandFailure } from '../cli-io.js';
import type { Api } from './api-client.js';

/** Most characters of one line of the answer. */
const LONGEST_LINE = 16 << 20;

/**
 * Reads an answer that comes as lines of JSON: how far the server has come, which `tell` is told, then the result.
 * @throws CommandFailure where the server could not answer, or broke off
 */
export async function readLines<Progress extends JsonObject>(
  api: Api,
  path: string,
  tell: (progress: Progress) => void,
): Promise<JsonObject> {
  const leaving = new AbortController();
  const body = await api.open(path, leaving.signal, 'application/x-ndjson');
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const piece of body) {
      rest += decoder.decode(piece, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) throw new CommandFailure(`${api.url}${path}: a line is too long`);
      for (const line of lines) {
        const news = JSON.parse(line) as JsonObject;
        const progress = news['progress'] as Progress | undefined;
        if (progress !== undefined) tell(progress);
        else if (news['result'] !== undefined) return news['result'] as JsonObject;
        else throw new CommandFailure(textOf(news['error']));
      }
    }
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${api.url}${path} broke off: ${(error as Error).message}`, { cause: error });
  } finally {
    leaving.abort();
  }
  throw new CommandFailure(`${api.url}${path} ended without a result`);
}
