import { byVariant } from '../model/ruleset-variants.js';
import type { ReportedHashes } from '../wire/messages/report.js';
import type { RulesetTexts } from '../wire/messages/rules-payload.js';
import { agentHash, normalizeAgentRuleset, normalizeAgentSets, throughEcho } from './agent-normalize.js';
import { saveFilter, type FilterTable } from './kernel/filter-table.js';
import { remember } from './kernel/remember.js';
import { saveSets, type SetTable } from './kernel/set-table.js';
import type { SimKernel } from './kernel/sim-kernel.js';

/** Which of the two ruleset variants an agent applies, if any. */
export interface Enforcement {
  readonly enforcing: boolean;
  readonly useIpsets: boolean;
}

/** The agent's ruleset files by the key that fills them; absent until the first ruleset. */
export type RulesetFiles = ReadonlyMap<keyof RulesetTexts, string>;

/** `ip4tables_ipsets.txt` and its like. */
const FILE_NAMES = byVariant('wireField', ({ type, family }) => `ip${family.slice(1)}tables_${type}.txt`);

const liveFilterHash = remember((table: FilterTable) =>
  agentHash(normalizeAgentRuleset(throughEcho(saveFilter(table)))),
);
const liveSetsHash = remember((table: SetTable) => agentHash(normalizeAgentSets(throughEcho(saveSets(table)))));

/**
 * What the Elixir agent reports instead of what is loaded: its command stands between single quotes, so the shell prints
 * the command.
 */
function quotedHash(tool: string): string {
  return agentHash(normalizeAgentRuleset(throughEcho(`\`/home/dog/bin/${tool} -t filter\``)));
}
const QUOTED = { v4: quotedHash('iptables-save'), v6: quotedHash('ip6tables-save') };

/** The five hashes an agent reports (docs/protocol.md#hashes): of what is live, or of a file's text. */
export function agentHashes(
  kernel: SimKernel,
  files: RulesetFiles,
  { enforcing, useIpsets }: Enforcement,
  kind: 'erlang' | 'elixir' = 'erlang',
): ReportedHashes {
  const loaded = { v4: liveFilterHash(kernel.filter('inet'), ''), v6: liveFilterHash(kernel.filter('inet6'), '') };
  const live = kind === 'elixir' ? QUOTED : loaded;
  return {
    ...byVariant('hashField', ({ type, family, wireField }) =>
      enforcing && useIpsets === (type === 'ipsets') ? live[family] : fileHash(files, wireField),
    ),
    ipset_hash: liveSetsHash(kernel.sets, ''),
  };
}

/** Agents hash what `cat` prints; for a file that is not there yet, that is its complaint. */
function fileHash(files: RulesetFiles, key: keyof RulesetTexts): string {
  const text = files.get(key) ?? `cat: /etc/dog/${FILE_NAMES[key]}: No such file or directory\n`;
  return agentHash(normalizeAgentRuleset(text));
}
