import type { Document, JsonObject } from '../../model/document.js';
import { nearestText } from '../../model/nearest-text.js';
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
  throw new CommandFailure(
    `there is no host ${JSON.stringify(wanted)}${suggest(like.map(({ name }) => textOf(name)))}`,
  );
}

/** The group of this name or id. @throws CommandFailure */
export async function findGroup(api: Api, wanted: string): Promise<Document> {
  const encoded = encodeURIComponent(wanted);
  const found = (await api.find(`/api/V2/group?name=${encoded}`)) ?? (await api.find(`/api/V2/group/${encoded}`));
  if (found !== undefined) return found as Document;
  const all = (await api.get('/api/V2/groups')) as readonly JsonObject[];
  const names = all.map(({ name }) => textOf(name));
  const like = names.filter((name) => name.includes(wanted) || wanted.includes(name));
  const near = like.length === 0 ? nearestText(wanted, names) : undefined;
  throw new CommandFailure(`there is no group ${JSON.stringify(wanted)}${suggest(near === undefined ? like : [near])}`);
}

function suggest(like: readonly string[]): string {
  return like.length === 0 ? '' : `; there is ${like.slice(0, 5).join(', ')}`;
}
