import { PassThrough } from 'node:stream';
import { unknownReferences } from '../config/unknown-references.js';
import { textOf } from '../model/text-of.js';
import { startCoverage } from '../plan/mutation/run-coverage.js';
import { ApiError } from './errors.js';
import { JSON_TYPE } from './media-type.js';
import type { Reply } from './reply.js';
import type { Call } from './route.js';

/** Lines of JSON: progress now and then, the result last. */
export const LINES_TYPE = 'application/x-ndjson';

/** A run takes one of two cores, so there is one at a time, and none for ever. */
const LONGEST_MS = 15 * 60_000;
let running = false;

/**
 * Answers `GET /api/V2/assertions/coverage`: bit by bit, since it takes longer than other answers may. As JSON, blanks
 * come until the result does; as lines, how far it has come. It ends when the client goes away.
 */
export async function coverageReply({ deps, query, accepts }: Call): Promise<Reply> {
  if (running)
    throw new ApiError(
      'unavailable',
      { reason: 'another one is being worked out; there is one at a time' },
      { headers: { 'retry-after': '10' } },
    );
  running = true;
  try {
    const group = query.get('group');
    if (group !== null) await groupWithHosts(deps, group);
    const dialect = deps.runtime.dialect();
    const run = await startCoverage({
      list: async (table) => (await deps.store.list(table)).map(({ doc }) => doc),
      dialect,
      anyIsEveryone: unknownReferences(deps.config, dialect) === 'accept',
      ...(group === null ? {} : { group }),
    });
    const isLines = accepts === LINES_TYPE;
    const stream = new PassThrough();
    const late = setTimeout(() => {
      run.stop(`it took more than ${LONGEST_MS / 60_000} minutes; name a group`);
    }, LONGEST_MS);
    run.onProgress((progress) => {
      if (stream.writableLength === 0) stream.write(isLines ? `${JSON.stringify({ progress })}\n` : ' ');
    });
    const over = (): void => {
      clearTimeout(late);
      running = false;
    };
    stream.once('close', () => {
      run.stop('the client went away');
    });
    run.result.then(
      (outcome) => {
        over();
        const value = outcome.ok ? outcome.value : { error: outcome.refused, code: 'not_found' };
        stream.end(isLines ? `${JSON.stringify(outcome.ok ? { result: value } : value)}\n` : JSON.stringify(value));
      },
      (error: unknown) => {
        over();
        stream.destroy(error instanceof Error ? error : new Error(String(error)));
      },
    );
    return { status: 200, headers: {}, body: { kind: 'bytes', bytes: stream, type: isLines ? LINES_TYPE : JSON_TYPE } };
  } catch (error) {
    running = false;
    throw error;
  }
}

/** Throws 404 for a group that there is not, or that has no host that anything could be asserted of. */
async function groupWithHosts({ store }: Call['deps'], text: string): Promise<void> {
  const found = (await store.get('group', text)) ?? (await store.find('group', 'name', text))[0];
  if (found === undefined) throw new ApiError('not_found', { what: `no group has the name or id ${text}` });
  const hosts = await store.find('host', 'group', textOf(found.doc['name']));
  if (!hosts.some(({ doc }) => doc['active'] === 'active'))
    throw new ApiError('not_found', { what: `the group ${text} has no active host, so nothing can be asserted of it` });
}
