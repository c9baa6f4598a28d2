import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { CommandFailure } from '../cli-io.js';
import type { Api } from './api-client.js';

/** The host of this id, hostkey or name; of several with one name, the one in use. @throws CommandFailure */
export async function findHost(api: Api, wanted: string): Promise<Document> {
  const encoded = encodeURIComponent(wanted);
  const direct =
    (await api.find(`/api/V2/host?name=${encoded}`)) ??
    (await api.find(`/api/V2/host?hostkey=${encoded}`)) ??
    (await api.find(`/api/V2/host/${encoded}`));
  if (direct !== undefined) return direct as Document;
  // By name the API finds only hosts in use.
  const like = (await api.pages(`/api/V2/hosts?q=${encoded}`)) as readonly Document[];
  const same = like.find(({ name }) => name === wanted);
  if (same !== undefined) return same;
  throw new CommandFailure(`there is no host ${JSON.stringify(wanted)}${suggest(like)}`);
}

/** The group of this name or id. @throws CommandFailure */
export async function findGroup(api: Api, wanted: string): Promise<Document> {
  const encoded = encodeURIComponent(wanted);
  const found = (await api.find(`/api/V2/group?name=${encoded}`)) ?? (await api.find(`/api/V2/group/${encoded}`));
  if (found !== undefined) return found as Document;
  const all = (await api.get('/api/V2/groups')) as readonly JsonObject[];
  const like = all.filter(({ name }) => textOf(name).includes(wanted) || wanted.includes(textOf(name)));
  throw new CommandFailure(`there is no group ${JSON.stringify(wanted)}${suggest(like)}`);
}

function suggest(like: readonly JsonObject[]): string {
  const names = like.slice(0, 5).map(({ name }) => textOf(name));
  return names.length === 0 ? '' : `; there is ${names.join(', ')}`;
}
