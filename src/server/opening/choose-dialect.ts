import type { Log } from '../../log/log.js';
import type { Config } from '../../config/schema.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { Store } from '../../store/store.js';

const SETTING = 'ruleset_dialect';

/** A dialect and where it comes from: the configuration, an earlier start, or what the store holds. */
export interface WantedDialect {
  readonly dialect: Dialect;
  readonly from: 'config' | 'setting' | 'foreign_hashes' | 'new_installation';
}

/**
 * The dialect of docs/rulesets.md#two-dialects, without settling it: the configured one; else the one chosen at an
 * earlier start; else `dog1` when groups have hashes that this server never wrote (another server's fleet is taken
 * over), `dog2` for a new installation.
 */
export async function wantedDialect(
  config: Pick<Config, 'ruleset_dialect'>,
  store: Pick<Store, 'get' | 'list' | 'listFields'>,
): Promise<WantedDialect> {
  if (config.ruleset_dialect !== undefined) return { dialect: config.ruleset_dialect, from: 'config' };
  const chosen = (await store.get('setting', SETTING))?.doc.value;
  if (chosen === 'dog1' || chosen === 'dog2') return { dialect: chosen, from: 'setting' };
  // Without the texts that rows of an older version hold: all of them may not fit into memory.
  const [groups, outputs] = await Promise.all([
    store.list('group'),
    store.listFields('ruleset_output', ['id', 'compiled_at']),
  ]);
  const ours = new Set(outputs.filter((row) => typeof row.compiled_at === 'number').map(({ id }) => id));
  const foreign = groups.some(({ doc }) => {
    const hash = doc.hash4_ipsets;
    return typeof hash === 'string' && hash !== '' && !ours.has(doc.id);
  });
  return foreign ? { dialect: 'dog1', from: 'foreign_hashes' } : { dialect: 'dog2', from: 'new_installation' };
}

/** The wanted dialect, settled for later starts where what the store holds decided it. */
export async function chooseDialect(config: Config, store: Store, log: Log): Promise<Dialect> {
  const { dialect, from } = await wantedDialect(config, store);
  if (from === 'config' || from === 'setting') return dialect;
  await store.commit([{ op: 'upsert', table: 'setting', id: SETTING, edit: () => ({ id: SETTING, value: dialect }) }], {
    author: 'system',
  });
  if (from === 'foreign_hashes')
    log.info(
      { dialect },
      "the store holds another server's groups: rules are written as it wrote them (ruleset_dialect)",
    );
  return dialect;
}
