/** A reference to a file of the repository, as it is written. */
export interface Reference {
  /** 1 for the first. */
  readonly line: number;
  /** The path as written: from the root in comments, from the page in Markdown. Empty: the page itself. */
  readonly path: string;
  /** Without the `#`; absent: the page as a whole. */
  readonly heading?: string;
}

function reference(line: number, target: string): Reference {
  const [path = '', heading] = target.split('#', 2);
  return { line, path, ...(heading === undefined ? {} : { heading }) };
}

/** The lines of a page, those inside fenced code blocks blanked. */
function prose(text: string): readonly string[] {
  let fenced = false;
  return text.split('\n').map((line) => {
    const fence = /^\s*(```|~~~)/.test(line);
    if (fence) fenced = !fenced;
    return fence || fenced ? '' : line;
  });
}

/** What a heading is called in links, by GitHub's rules: lower case, punctuation gone, blanks as hyphens. */
function slug(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** The names of a page's headings. A heading that is there again gets `-1`, then `-2`. */
export function headingsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const names = new Set<string>();
  for (const line of prose(text)) {
    const [, heading] = /^#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? [];
    if (heading === undefined) continue;
    const name = slug(heading);
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    names.add(before === 0 ? name : `${name}-${before}`);
  }
  return names;
}

/** The relative links of a page; those to the web are left out. */
export function linksOf(text: string): readonly Reference[] {
  return prose(text).flatMap((line, index) =>
    [...line.replace(/`[^`]*`/g, '``').matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
      .map((target) => reference(index + 1, target)),
  );
}

/** Pages of `docs` that a text names by their path from the root, in comments mostly. */
export function pagesNamed(text: string): readonly Reference[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/(?<![\w/.-])docs\/[\w./-]+\.md(?:#[\p{L}\p{N}_-]+)?/gu)].map(([target]) =>
        reference(index + 1, target),
      ),
    );
}

/** The first table under a heading, row by row, without its head. `\|` in a cell is a bar. */
export function tableUnder(text: string, heading: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'));
  const first = lines.findIndex((line, index) => index > from && line.startsWith('|'));
  if (from < 0 || first < 0) throw new Error(`there is no table under a heading ${JSON.stringify(heading)}`);
  const after = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  return lines.slice(first + 2, after < 0 ? undefined : after).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}
