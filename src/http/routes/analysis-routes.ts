import { groupAnalysis, policyAnalysis } from '../../plan/policy-findings.js';
import { groupByIdOrName } from '../documents/find-by-any-name.js';
import { notFound } from '../documents/find-document.js';
import { JSON_TYPE, LINES_TYPE } from '../media-type.js';
import { analysisLines } from '../questions/analysis-lines.js';
import { askFleet, askPast, type PastQuestionNeeds, type QuestionNeeds } from '../questions/ask-fleet.js';
import { explanation, explanationThen, reachAnswer, reachThen } from '../questions/explain.js';
import { badField, endText, questionBody, readAt, readQuestion } from '../questions/read-question.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Route } from '../route.js';

const OTHERS = ['protocol', 'port', 'source_port', 'icmp_type', 'icmp_code', 'in', 'out', 'family'] as const;
const END = { type: 'string' } as const;
const NUMBER = { type: 'integer', minimum: 0 } as const;
const FAMILY = { enum: ['v4', 'v6'] } as const;
const PROTOCOL = { type: ['string', 'integer'] } as const;
const COMMON = {
  version: 'v2',
  scope: 'read',
  answeredBy: 'leader',
  produces: [JSON_TYPE],
  refuses: ['bad_request', 'not_found'],
} as const;

/** Questions about what hosts let through, answered from the texts that ship (docs/http-api.md#explain-and-reach). */
export const analysisRoutes: readonly Route<PastQuestionNeeds>[] = [
  {
    ...COMMON,
    method: 'POST',
    path: '/api/V2/explain',
    id: 'v2.explain',
    summary: 'What happens to connections from one end to another, and which lines decide',
    takes: {
      kind: 'json',
      parsedFirst: false,
      schema: {
        type: 'object',
        required: ['from', 'to'],
        properties: {
          from: END,
          to: END,
          protocol: PROTOCOL,
          port: NUMBER,
          source_port: NUMBER,
          icmp_type: NUMBER,
          icmp_code: NUMBER,
          in: END,
          out: END,
          family: FAMILY,
          at: NUMBER,
        },
      },
    },
    answers: { 200: { description: 'Verdict and cases', schema: { type: 'object' } } },
    handle: explain,
  },
  {
    ...COMMON,
    method: 'POST',
    path: '/api/V2/reach',
    id: 'v2.reach',
    summary: 'Who can open a connection to an end, or where one can be opened from it',
    takes: {
      kind: 'json',
      parsedFirst: false,
      schema: {
        type: 'object',
        properties: { from: END, to: END, protocol: PROTOCOL, port: NUMBER, family: FAMILY, at: NUMBER },
      },
    },
    answers: { 200: { description: 'Rows of peers', schema: { type: 'object' } } },
    handle: reach,
  },
  {
    ...COMMON,
    method: 'GET',
    path: '/api/V2/analysis/rules',
    id: 'v2.analysis.rules',
    summary:
      'Rules that never decide or that nothing needs, documents that nobody uses, sets near their limit; as lines of JSON ' +
      'it tells how far it has come',
    produces: [JSON_TYPE, LINES_TYPE],
    answers: { 200: { description: '`rules`, `errors`, `unused`, `sets`', schema: { type: 'object' } } },
    refuses: [],
    handle: async (call, needs) =>
      call.accepts === LINES_TYPE
        ? analysisLines(call, needs)
        : jsonReply(await askFleet(call, needs, 'long', (asked) => policyAnalysis(asked))),
  },
  {
    ...COMMON,
    method: 'GET',
    path: '/api/V2/group/:id/analysis',
    id: 'v2.group.analysis',
    summary: 'The same of one group',
    answers: { 200: { description: '`rules`, `error`, `sets`', schema: { type: 'object' } } },
    refuses: ['not_found'],
    handle: ofGroup,
  },
];

/** Ends that name single hosts or addresses; a question about others looks at many groups. */
function isNarrow(end: string): boolean {
  return end !== 'any' && !end.startsWith('zone:') && end !== 'group:all-active' && !end.includes('/');
}

async function explain(call: Call, needs: PastQuestionNeeds): Promise<Reply> {
  const body = questionBody(call.body, ['from', 'to', ...OTHERS, 'at']);
  const [from, to] = [endText(body, 'from'), endText(body, 'to')];
  const query = readQuestion(body);
  const kind = isNarrow(from) && isNarrow(to) ? 'short' : 'long';
  const at = readAt(body, call.now);
  if (at === undefined)
    return jsonReply(await askFleet(call, needs, kind, (asked) => explanation({ from, to, query }, asked)));
  return jsonReply(await askPast(call, needs, kind, { at, from, to }, (asked) => explanationThen(at, query, asked)));
}

async function ofGroup(call: Call, needs: QuestionNeeds): Promise<Reply> {
  const group = await groupByIdOrName(call.deps.store, call.params['id'] ?? '');
  const found = group && (await askFleet(call, needs, 'short', (asked) => groupAnalysis(asked, group.id)));
  if (found === undefined) throw notFound('group', 'with this id or name');
  return jsonReply(found);
}

async function reach(call: Call, needs: PastQuestionNeeds): Promise<Reply> {
  const body = questionBody(call.body, ['from', 'to', 'protocol', 'port', 'family', 'at']);
  if ((body.from === undefined) === (body.to === undefined)) throw badField('to', 'give from or to, one of them');
  const end = body.to === undefined ? 'from' : 'to';
  const text = endText(body, end);
  const question = { from: 'any', to: 'any', [end]: text, query: readQuestion(body) };
  const at = readAt(body, call.now);
  if (at === undefined)
    return jsonReply(await askFleet(call, needs, 'long', (asked) => reachAnswer(question, end, asked)));
  const { query, ...ends } = question;
  return jsonReply(await askPast(call, needs, 'long', { at, ...ends }, (asked) => reachThen(at, query, end, asked)));
}
