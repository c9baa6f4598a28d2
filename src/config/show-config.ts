import { stringify } from 'yaml';
import type { Origin } from './config-error.js';
import type { LoadedConfig } from './load.js';
import { KEYS } from './schema.js';
import { showValue } from './show-value.js';

const UNNOTED: readonly Origin['kind'][] = ['default', 'derived'];

/** The configuration as `config show` prints it: YAML, secrets taken out, each value that is not a default with its origin. */
export function showConfig({ config, origins }: LoadedConfig): string {
  const lines: string[] = [];
  let open: readonly string[] = [];
  for (const [key, spec] of KEYS) {
    if (spec.ignored !== undefined) continue;
    const parts = key.split('.');
    const sections = parts.slice(0, -1);
    const shared = sections.findIndex((section, index) => open[index] !== section);
    for (let depth = shared === -1 ? sections.length : shared; depth < sections.length; depth++) {
      lines.push(`${'  '.repeat(depth)}${sections[depth]}:`);
    }
    open = sections;
    const value = parts.reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], config);
    const shown = showValue(spec, value);
    const text = shown === undefined ? '' : ` ${stringify(shown, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`;
    const origin = origins.get(key);
    const note = origin === undefined || UNNOTED.includes(origin.kind) ? '' : ` # ${origin.text}`;
    lines.push(`${'  '.repeat(sections.length)}${parts.at(-1)}:${text}${note}`);
  }
  return `${lines.join('\n')}\n`;
}
