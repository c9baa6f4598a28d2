import type { Log } from '../actors/log-port.js';
import { outputFromDoc } from '../actors/ruleset-outputs.js';
import type { Config } from '../config/schema.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Store } from '../store/store.js';

const SETTING = 'ruleset_dialect';

/**
 * The dialect of decisions 1: the configured one; else the one chosen at an earlier start; else `dog1` when groups have
 * hashes that this server never wrote (another server's fleet is taken over), `dog2` for a new installation.
 */
export const chooseDialect = async (config: Config, store: Store, log: Log): Promise<Dialect> => {
  if (config.ruleset_dialect !== undefined) return config.ruleset_dialect;
  const chosen = (await store.get('setting', SETTING))?.doc.value;
  if (chosen === 'dog1' || chosen === 'dog2') return chosen;
  const [groups, outputs] = await Promise.all([store.list('group'), store.list('ruleset_output')]);
  const ours = new Set(outputs.flatMap(({ doc }) => outputFromDoc(doc)?.groupId ?? []));
  const foreign = groups.some(({ doc }) => {
    const hash = doc.hash4_ipsets;
    return typeof hash === 'string' && hash !== '' && !ours.has(doc.id);
  });
  const value: Dialect = foreign ? 'dog1' : 'dog2';
  await store.commit([{ op: 'upsert', table: 'setting', id: SETTING, edit: () => ({ id: SETTING, value }) }], {
    author: 'system',
  });
  if (foreign)
    log.info(
      { dialect: value },
      "the store holds another server's groups: rules are written as it wrote them (ruleset_dialect)",
    );
  return value;
};
