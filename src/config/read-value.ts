import type { KeySpec } from './key-spec.js';

/** A value read, or what it should have been ("must be ..."). */
export type Reading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly wanted: string };

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

function ok(value: unknown): Reading {
  return { ok: true, value };
}

/**
 * Reads one raw value by its spec. `spelled` says that it is text from the environment or the command line, where
 * numbers, booleans and lists (with commas, or a JSON array) are spelled out; in YAML they have their own types.
 */
export function readValue(spec: KeySpec, raw: unknown, spelled: boolean): Reading {
  if (raw === null || raw === undefined || (raw === '' && spec.type !== 'texts' && spec.type !== 'urls')) {
    if (spec.optional === true || spec.derived === true || spec.ignored !== undefined) return ok(undefined);
    return refuse(spec);
  }
  if (spec.type !== 'anything' && isTemplate(raw, spec.secret === true)) return { ok: false, wanted: NOT_FILLED_IN };
  switch (spec.type) {
    case 'integer':
    case 'number': {
      const value = spelled && typeof raw === 'string' && /^ *[+-]?\d+(\.\d+)? *$/.test(raw) ? Number(raw) : raw;
      const fits =
        typeof value === 'number' &&
        Number.isFinite(value) &&
        (spec.type === 'number' || Number.isSafeInteger(value)) &&
        value >= spec.min &&
        value <= (spec.max ?? Infinity);
      return fits ? ok(value) : refuse(spec);
    }
    case 'boolean': {
      const value = spelled && typeof raw === 'string' ? BOOLEANS.get(raw.trim().toLowerCase()) : raw;
      return typeof value === 'boolean' ? ok(value) : refuse(spec);
    }
    case 'choice': {
      const value = spelled && typeof raw === 'string' ? raw.trim() : raw;
      return typeof value === 'string' && spec.values.includes(value) ? ok(value) : refuse(spec);
    }
    case 'text': {
      // A YAML scalar such as 20180423 or q1 is text here, however YAML reads it.
      const value = typeof raw === 'number' ? String(raw) : raw;
      return typeof value === 'string' && matches(spec.pattern, value) ? ok(value) : refuse(spec);
    }
    case 'path':
      return typeof raw === 'string' && !raw.includes('\0') ? ok(raw) : refuse(spec);
    case 'url':
      return typeof raw === 'string' && hasScheme(raw, spec.schemes) ? ok(raw) : refuse(spec);
    case 'texts':
    case 'urls': {
      const list = typeof raw === 'string' ? splitList(raw) : raw;
      if (!Array.isArray(list)) return refuse(spec);
      const good = list.every((item) => {
        if (typeof item !== 'string') return false;
        return spec.type === 'urls' ? hasScheme(item, spec.schemes) : matches(spec.pattern, item);
      });
      return good ? ok(Object.freeze(list.filter((item) => item !== ''))) : refuse(spec);
    }
    case 'anything':
      return ok(raw);
  }
}

const NOT_FILLED_IN =
  'is a template that nothing has filled in: no names are replaced in values here; write the value, or give it by its ' +
  'variable in the environment (DOG_ and the key in capitals, a dot as two underscores)';

/** Text of a template as a whole, and in URLs, which hold no braces, anywhere. Passwords may begin with a dollar. */
function isTemplate(raw: unknown, secret: boolean): boolean {
  if (Array.isArray(raw)) return raw.some((item) => isTemplate(item, secret));
  if (typeof raw !== 'string') return false;
  const text = raw.trim();
  if (URL_START.test(text) && TEMPLATE.test(text)) return true;
  return WHOLE_TEMPLATE.test(text) || (!secret && WHOLE_NAME.test(text));
}

/** Placeholders of shells, Helm, Jinja, and of Erlang's and Ruby's templates. */
const TEMPLATE = /\$\{[^{}]*\}|\{\{[^{}]*\}\}|<%[^%]*%>/;
const WHOLE_TEMPLATE = new RegExp(`^(${TEMPLATE.source})$`);
const WHOLE_NAME = /^(\$[A-Z_][A-Z0-9_]*|\$\([A-Za-z_]\w*\)|%[A-Za-z_]\w*%|@@?[A-Z_]{3,}@@?)$/;
const URL_START = /^[a-z][a-z0-9+.-]*:\/\//i;

/** What a key takes, in words. */
export function describeSpec(spec: KeySpec): string {
  switch (spec.type) {
    case 'integer':
    case 'number': {
      const noun = `${spec.type === 'integer' ? 'a whole number' : 'a number'}${spec.unit === undefined ? '' : ` of ${spec.unit}`}`;
      return spec.max === undefined ? `${noun}, ${spec.min} or more` : `${noun} from ${spec.min} to ${spec.max}`;
    }
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of: ${spec.values.join(', ')}`;
    case 'text':
      return spec.shape ?? 'a string';
    case 'path':
      return 'a file or directory name';
    case 'url':
      return `a URL such as ${spec.schemes.at(-1)}://user:password@host:5671/vhost`;
    case 'texts':
      return `a list of ${spec.shape ?? 'strings'}`;
    case 'urls':
      return `a list of URLs such as ${spec.schemes.at(-1)}://user:password@host:5671/vhost`;
    case 'anything':
      return 'anything';
  }
}

function refuse(spec: KeySpec): Reading {
  return { ok: false, wanted: `must be ${describeSpec(spec)}` };
}

function matches(pattern: RegExp | undefined, value: string) {
  return pattern === undefined || pattern.test(value);
}

function hasScheme(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== '';
}

function splitList(text: string): unknown {
  if (text.trim() === '') return [];
  if (text.trim().startsWith('[')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Not JSON: refused below as a non-list, with the key's own message.
      return undefined;
    }
  }
  return text.split(',').map((item) => item.trim());
}
