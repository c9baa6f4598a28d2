import type { JsonObject } from '../../../src/model/document.js';
import { textOf } from '../../../src/model/text-of.js';
import type { Fleet } from '../../../src/sim/sim-fleet.js';
import type { WholeServer } from '../../support/whole-server.js';

const HASHES = { hash4_ipsets: 'set4', hash6_ipsets: 'set6' } as const;

/**
 * What the edited server holds or its hosts run that is neither what a fresh server makes of the same documents nor shown
 * with a reason; in words, empty when all is right.
 */
export async function unexplained(edited: WholeServer, fresh: WholeServer, fleet: Fleet): Promise<readonly string[]> {
  const mine = edited.server.state;
  const found = [...groupsThatDiffer(edited, fresh), ...setsThatDiffer(edited, fresh)];
  const hosts = new Map([...mine.world.rows('host').values()].map((host) => [host.hostkey, host]));
  for (const { hostkey, hashes, lastError } of fleet.progress()) {
    const host = hosts.get(hostkey);
    if (host === undefined) {
      found.push(`${hostkey}: not registered`);
      continue;
    }
    const { json: shown } = await edited.api('GET', `/api/V2/host/${host.id}/drift`);
    const group = mine.world.groupByName(textOf(host.group));
    const output = group === undefined ? undefined : mine.outputs.get(group.id);
    if (output === undefined) {
      // Shown with a reason: there is no such group, or it never had a ruleset that compiles.
      if (typeof shown.not_sent !== 'string')
        found.push(`${hostkey} in ${textOf(host.group)}: has no ruleset, and no reason is shown`);
      continue;
    }
    // Whatever has a ruleset can be sent it: its sets stay as long as it names them.
    if (typeof shown.not_sent === 'string') found.push(`${hostkey} is not sent its ruleset, because ${shown.not_sent}`);
    if (host.active !== 'active') found.push(`${hostkey}: ${textOf(host.active)}`);
    const wanted: JsonObject = {
      ...Object.fromEntries(Object.entries(HASHES).map(([field, text]) => [field, output.ruleset.texts[text].hash])),
      ipset_hash: mine.sets.published?.hash ?? null,
    };
    const wrong = Object.entries(wanted).filter(([field, hash]) => hashes[field as 'ipset_hash'] !== hash);
    if (wrong.length > 0)
      found.push(`${hostkey} in ${textOf(host.group)}: ${wrong.map(([f]) => f).join(', ')} (${lastError ?? 'ok'})`);
    else if ((shown.differing as readonly string[]).length > 0)
      found.push(`${hostkey} runs what it should, and is shown as differing in ${JSON.stringify(shown.differing)}`);
  }
  return found;
}

/** A group is on a fresh compile's bytes, or keeps its last good ones because a fresh compile fails in the same way. */
function groupsThatDiffer(edited: WholeServer, fresh: WholeServer): string[] {
  const [mine, theirs] = [edited.server.state, fresh.server.state];
  const found: string[] = [];
  for (const [id, { name }] of mine.world.rows('group')) {
    const is = `group ${textOf(name)} (${id})`;
    const [myError, theirError] = [mine.outputs.failures.get(id)?.error, theirs.outputs.failures.get(id)?.error];
    if (myError?.message !== theirError?.message) {
      found.push(`${is}: error ${JSON.stringify(myError)}, of a fresh server ${JSON.stringify(theirError)}`);
      continue;
    }
    if (theirError !== undefined) continue;
    const [my, their] = [mine.outputs.get(id), theirs.outputs.get(id)];
    for (const text of ['set4', 'set6', 'unset4', 'unset6'] as const)
      if (my?.ruleset.texts[text].text !== their?.ruleset.texts[text].text)
        found.push(`${is}: ${text} is not that of a fresh server`);
    if (typeof my?.publishedAt !== 'number') found.push(`${is}: compiled and not published`);
  }
  for (const id of theirs.world.rows('group').keys())
    if (!mine.world.rows('group').has(id)) found.push(`group ${id}: the server does not know it`);
  return found;
}

/** Sets are a fresh server's, and beside them only those that a last good ruleset names, which nothing makes any more. */
function setsThatDiffer(edited: WholeServer, fresh: WholeServer): string[] {
  const [mine, theirs] = [edited.server.state, fresh.server.state];
  const [my, their] = [mine.sets.published, theirs.sets.published];
  if (my === undefined || their === undefined) return ['the sets were not published'];
  const held = new Set(
    [...mine.outputs.values()]
      .filter(({ groupId }) => mine.outputs.failures.has(groupId))
      .flatMap(({ ruleset }) => [...ruleset.sets]),
  );
  const found: string[] = [];
  for (const [name, { text }] of their.parts)
    if (!Buffer.concat(my.parts.get(name)?.text ?? []).equals(Buffer.concat(text)))
      found.push(`set ${name}: not as a fresh server has it`);
  for (const name of my.names)
    if (!their.names.has(name) && !held.has(name)) found.push(`set ${name}: nothing makes it, and nothing needs it`);
  if (found.length === 0 && my.names.size === their.names.size && my.text !== their.text)
    found.push('the text of all sets is not that of a fresh server');
  return found;
}
