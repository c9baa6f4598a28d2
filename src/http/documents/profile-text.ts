import { SERVICE_ANY } from '../../model/builtins.js';
import { rulesetWithNames } from '../../model/ruleset-names.js';
import { byId, notFound } from './find-document.js';
import { loadNames } from '../../resources/views/load-names.js';
import { needsOf } from '../checks/needs-of.js';
import { rulesetOf } from './v1-profile.js';
import { textReply, type Reply } from '../reply.js';
import type { Call } from '../route.js';
import { gitDiff } from '../text/git-diff.js';
import { rulesTable } from '../text/rules-table.js';

/**
 * Answers `GET /api/profile/:id` as text: the table of its rules, or with `git_diff=ID2` how that of another profile
 * differs from it. `diff=ID2` is answered with the table alone (docs/http-api.md#text).
 */
export async function profileText(call: Call): Promise<Reply> {
  const id = call.params['id'] as string;
  const table = await tableOf(call, id);
  const other = call.query.get('git_diff');
  if (other === null) return textReply(table);
  return textReply(gitDiff(table, await tableOf(call, other), [diffName(id), diffName(other)]));
}

async function tableOf(call: Call, id: string): Promise<string> {
  if (!(await byId(call.deps.store, 'profile', id))) throw notFound('profile', 'with this id');
  const ruleset = await rulesetOf(call, id);
  const { services, ...names } = await loadNames(needsOf(call.deps));
  // The service `any` in capitals, as docs/http-api.md#text says.
  const shown = { ...names, services: new Map([...services, [SERVICE_ANY.id, 'ANY']]) };
  return rulesTable(ruleset && rulesetWithNames(ruleset.doc, shown));
}

/** An id as a path that diff tools accept. */
export function diffName(id: string): string {
  return `profile/${id.replace(/[^A-Za-z0-9_.-]/g, '_')}`;
}
