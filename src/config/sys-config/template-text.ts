import type { ErlangTerm } from '../erlang-terms.js';

/** Inside a string: relx's and the shell's `${X}`, overlays' and Jinja's `{{ x }}`, ErlyDTL's `{% x %}`, `<%= x %>`. */
const INSIDE = /\$\{[^}]*\}|\{\{.*?\}\}|\{%.*?%\}|<%.*?%>/s;
/** A whole string: `$X`, `%X%`, `@X@`, `__X__`, `<X>`. */
const WHOLE =
  /^(\$[A-Z_][A-Z0-9_]*|%[A-Z_][A-Z0-9_]*%|@@?[A-Z_][A-Z0-9_]*@@?|__[A-Z][A-Z0-9_]*__|<[A-Z_][A-Z0-9_ -]*>)$/;

/** No configuration value is longer; searching for the end of a placeholder takes time. */
const LONGEST_TEXT = 10_000;
const LONGEST_SHOWN = 60;

/** The unfilled template placeholder in the string, if there is one. Only the placeholder: the rest may be a secret. */
export function placeholderIn(text: string): string | undefined {
  const start = text.slice(0, LONGEST_TEXT);
  const found = (INSIDE.exec(start) ?? WHOLE.exec(start))?.[0];
  return found === undefined || found.length <= LONGEST_SHOWN ? found : `${found.slice(0, LONGEST_SHOWN)}…`;
}

/** The first placeholder anywhere in a term: in its strings and atoms, or an unquoted `{{x}}`, which Erlang reads as tuples. */
export function placeholderInTerm(term: ErlangTerm): string | undefined {
  switch (term.kind) {
    case 'text':
      return placeholderIn(term.text);
    case 'atom':
      return placeholderIn(term.name);
    case 'tuple': {
      const [inner] = term.items;
      if (term.items.length === 1 && inner?.kind === 'tuple' && inner.items.length === 1) {
        const [name] = inner.items;
        if (name?.kind === 'atom') return `{{${name.name}}}`;
      }
      return firstIn(term.items);
    }
    case 'list':
      return firstIn(term.items);
    case 'map':
      return firstIn(term.entries.flat());
    default:
      return undefined;
  }
}

function firstIn(terms: readonly ErlangTerm[]): string | undefined {
  for (const term of terms) {
    const found = placeholderInTerm(term);
    if (found !== undefined) return found;
  }
  return undefined;
}
