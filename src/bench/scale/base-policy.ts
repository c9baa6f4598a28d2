import type { JsonObject } from '../../model/document.js';
import type { HttpClient } from '../peers/http-client.js';

/** A ruleset as it was made, for edits. */
export interface BaseRuleset {
  readonly id: string;
  readonly doc: JsonObject;
}

const RULE = {
  order: 0,
  active: true,
  action: 'ACCEPT',
  type: 'BASIC',
  group_type: 'ANY',
  group: 'any',
  service: 'any',
  states: ['NEW'],
  log: false,
  log_prefix: '',
  interface: '',
  environments: [],
  comment: '',
} as const;

function rules(comment: string): JsonObject {
  return { inbound: [{ ...RULE, comment }], outbound: [RULE] };
}

/** One profile that `groups` groups share, named `group0`, `group1` and so on. */
export async function seedPolicy(client: HttpClient, groups: number): Promise<BaseRuleset> {
  const profile = await client.create('profile', { name: 'base', version: '1.0' });
  const doc = { name: 'base', profile_id: profile, rules: rules('as at first') };
  const id = await client.create('ruleset', doc);
  for (let i = 0; i < groups; i += 1)
    await client.create('group', {
      name: `group${i}`,
      description: '',
      profile_id: profile,
      profile_name: 'base',
      profile_version: 'latest',
    });
  return { id, doc };
}

/** Makes its text another one. Rejects where the edit is refused. */
export async function editRules(client: HttpClient, { id, doc }: BaseRuleset, comment: string): Promise<void> {
  const { status, body } = await client.ask('PUT', `/api/V2/ruleset/${id}`, { ...doc, rules: rules(comment) });
  if (status >= 400) throw new Error(`the edit was answered ${status}: ${body.toString()}`);
}
