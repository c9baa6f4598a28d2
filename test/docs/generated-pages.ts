import { readFileSync } from 'node:fs';
import { isKey, type KeySpec, type SpecTree } from '../../src/config/key-spec.js';
import { describeSpec } from '../../src/config/read-value.js';
import { SCHEMA } from '../../src/config/schema.js';
import {
  OLD_COUNTERS,
  OLD_GAUGES,
  OWN_COUNTERS,
  OWN_GAUGES,
  OWN_HISTOGRAMS,
  type Definition,
} from '../../src/metrics/definitions.js';

interface Line {
  readonly title?: string;
  readonly key?: string;
  readonly value?: string;
  readonly comment: string;
}

/** docs/configuration.md, from the schema and what config/default.yaml says of each key. */
export function configurationPage(): string {
  const parts = defaultLines().flatMap(({ title, key, value = '', comment }) => {
    if (title !== undefined) return [`\n## ${title}\n`];
    const spec = specOf(key ?? '');
    if (spec === undefined) return comment === '' ? [] : [`\n### ${key}\n\n${comment}\n`];
    if (spec.ignored !== undefined) return [`\n### ${key}\n\n${comment}\n`];
    const secret = spec.secret === true ? ' It is a secret.' : '';
    const shown = value === '' ? 'unset' : `\`${value}\``;
    return [`\n### ${key}\n\n${comment}\n\nTakes ${describeSpec(spec)}; default: ${shown}.${secret}\n`];
  });
  return `# Configuration

Made from \`src/config/schema.ts\` and \`config/default.yaml\`; do not edit by hand (\`UPDATE_DOCS=1 npx vitest run
test/docs/generated-pages.test.ts\`).

Later sources win: the defaults below, the file given with \`--config\` (the installed service's:
\`/etc/dog_trainer/dog_trainer.yaml\`), the environment (\`DOG_API__PORT=7171\`: a dot is two underscores), the command line
(\`--set api.port=7171\`). Everything is checked at a start; each mistake is named with its place and with what would be
right. \`dog-trainer config check\` says whether a start would succeed, \`dog-trainer config show\` what it would use, and
where each value comes from. Secrets belong in a file of mode 0600 (or 0640 with the service's group) or in the
environment: command lines are seen by every user of the machine.
${parts.join('')}`;
}

/** docs/metrics-reference.md, from the definitions. */
export function metricsPage(): string {
  const table = (definitions: Readonly<Record<string, Definition>>): string => {
    const rows = Object.entries(definitions).map(([name, { help, keys = [], open }]) => {
      const named = keys.map((key) => `\`${key}\``);
      const all = [...named, ...(open === true ? [named.length === 0 ? 'as they come' : 'others'] : [])];
      return `| \`${name}\` | ${all.length === 0 ? 'none' : all.join(', ')} | ${help} |`;
    });
    return ['| name | `map_key` | what it is |', '| --- | --- | --- |', ...rows].join('\n');
  };
  const histograms = Object.entries(OWN_HISTOGRAMS).map(
    ([name, { help, buckets }]) => `| \`${name}\` | ${buckets.join(', ')} | ${help} |`,
  );
  return `# Every metric

Made from \`src/metrics/definitions.ts\`; do not edit by hand (\`UPDATE_DOCS=1 npx vitest run
test/docs/generated-pages.test.ts\`). How they are served, and when each of the older ones is counted:
[metrics](metrics.md). \`/metrics\` has besides what prom-client tells of the process and of Node, under
\`dog_trainer_process_\` and \`dog_trainer_nodejs_\`, each with its HELP text.

## Counters that scrapers know

${table(OLD_COUNTERS)}

## Gauges that scrapers know

${table(OLD_GAUGES)}

## Our own counters

${table(OWN_COUNTERS)}

## Our own gauges

${table(OWN_GAUGES)}

## Our own histograms

In seconds; each has \`_bucket\`, \`_sum\` and \`_count\`.

| name | upper bounds | what it is |
| --- | --- | --- |
${histograms.join('\n')}
`;
}

/** Headings, sections and keys of config/default.yaml, each with the comment above it. */
function defaultLines(): readonly Line[] {
  const found: Line[] = [{ title: 'General', comment: '' }];
  let comment: string[] = [];
  const path: string[] = [];
  for (const line of readFileSync('config/default.yaml', 'utf8').split('\n')) {
    const title = /^# -+ (.+?) -+$/.exec(line)?.[1];
    const said = /^ *# ?(.*)$/.exec(line)?.[1];
    const [, indent = '', name, value] = /^( *)([A-Za-z0-9_]+): *(.*)$/.exec(line) ?? [];
    if (title !== undefined) found.push({ title, comment: '' });
    else if (said !== undefined) comment.push(said);
    else if (name !== undefined) {
      path.splice(indent.length / 2, path.length, name);
      found.push({ key: path.join('.'), value: value ?? '', comment: plain(comment.join(' ')) });
      comment = [];
    } else comment = [];
  }
  return found;
}

/** Names and values of a comment must not become Markdown; links lead where they lead from docs/. */
function plain(comment: string): string {
  return comment.replace(/docs\/([\w-]+\.md)(#[\w-]+)?/g, '[$1]($1$2)').replace(/[*<>]/g, '\\$&');
}

function specOf(key: string): KeySpec | undefined {
  let node: KeySpec | SpecTree | undefined = SCHEMA;
  for (const name of key.split('.')) node = node === undefined || isKey(node) ? undefined : node[name];
  return node !== undefined && isKey(node) ? node : undefined;
}
