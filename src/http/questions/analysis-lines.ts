import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject } from '../../model/document.js';
import type { AnalysisProgress } from '../../plan/analysis-progress.js';
import { policyAnalysis } from '../../plan/policy-findings.js';
import { StoreError } from '../../store/store.js';
import { ApiError } from '../errors.js';
import { LINES_TYPE } from '../media-type.js';
import type { Reply } from '../reply.js';
import type { Call } from '../route.js';
import { askFleet, type QuestionNeeds } from './ask-fleet.js';

/** How often it tells how far it has come. */
const TELL_MS = 500;
/** Who is shown progress waits longer than a request may take, but not for ever. */
const LONGEST_MS = 15 * 60_000;

/**
 * Answers `GET /api/V2/analysis/rules` as lines of JSON: `{"progress": AnalysisProgress}` now and then, then `{"result"}`,
 * or `{"error", "code"}` where it could not be answered after all. What is refused at once has its own status.
 */
export async function analysisLines(call: Call, needs: QuestionNeeds): Promise<Reply> {
  const stream = new PassThrough();
  const write = (news: JsonObject): void => void stream.write(`${JSON.stringify(news)}\n`);
  let told = Number.NEGATIVE_INFINITY;
  const tell = (progress: AnalysisProgress): void => {
    const now = performance.now();
    if (now - told < TELL_MS || stream.writableLength > 0) return;
    told = now;
    write({ progress });
  };
  const work = askFleet(call, needs, 'long', (asked) => policyAnalysis(asked, tell), LONGEST_MS);
  await Promise.race([work, pause(TELL_MS, undefined, { ref: false })]);
  work
    .then(
      (result) => write({ result }),
      (error: unknown) => {
        if (error instanceof ApiError) write({ error: error.message, code: error.code });
        else if (error instanceof StoreError) write({ error: error.message, code: 'unavailable' });
        else throw error;
      },
    )
    .then(
      () => stream.end(),
      (error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  return { status: 200, headers: {}, body: { kind: 'bytes', bytes: stream, type: LINES_TYPE } };
}
