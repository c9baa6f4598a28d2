import { isSecretKey, redactLine } from '../log/redact-secrets.js';
import type { Json, JsonObject } from '../model/document.js';
import { escapeHidden } from '../model/hidden-characters.js';
import { isList, isObject } from '../model/validate.js';

/** What an answer shows of somebody else's JSON at most. */
const BOUNDS = { depth: 24, values: 4000, characters: 32_768, string: 1000, key: 100 };

const SECRET = '(secret)';
/** Stands for what is left out. */
const CUT = '…';

export interface ShownJson {
  readonly json: Json;
  /** Something was left out. */
  readonly cut: boolean;
}

/**
 * JSON of unknown origin as an operator may be shown it: bounded in depth, values and characters, hidden characters as
 * escapes, and `(secret)` for values under names such as `password`, in objects, in pairs, and in tuples of two as
 * `readableTerm` has them.
 */
export function shownJson(value: Json): ShownJson {
  let [values, characters, cut] = [0, 0, false];

  const left = (): string => {
    cut = true;
    return CUT;
  };
  const text = (whole: string, most: number): string => {
    const room = Math.max(0, Math.min(most, BOUNDS.characters - characters));
    characters += Math.min(whole.length, room);
    const part = whole.length > room ? whole.slice(0, room) + left() : whole;
    return escapeHidden(redactLine(part));
  };
  const list = (items: readonly Json[], depth: number): readonly Json[] => {
    const secret = items.length === 2 && isSecretName(items[0]);
    const shown: Json[] = [];
    for (const [index, item] of items.entries()) {
      if (values >= BOUNDS.values) {
        shown.push(left());
        break;
      }
      shown.push(secret && index === 1 ? SECRET : show(item, depth));
    }
    return shown;
  };
  const object = (members: JsonObject, depth: number): Json => {
    const shown = new Map<string, Json>();
    for (const [key, member] of Object.entries(members)) {
      if (values >= BOUNDS.values) {
        shown.set(left(), null);
        break;
      }
      shown.set(text(key, BOUNDS.key), isSecretKey(key) && member !== null ? SECRET : show(member, depth));
    }
    return Object.fromEntries(shown);
  };
  const show = (one: Json, depth: number): Json => {
    values += 1;
    if (typeof one === 'string') return text(one, BOUNDS.string);
    if (typeof one !== 'object' || one === null) return one;
    if (depth === BOUNDS.depth) return left();
    return isList(one) ? list(one, depth + 1) : object(one, depth + 1);
  };

  return { json: show(value, 0), cut };
}

/** A name as text, or as the atom or charlist of a term. */
function isSecretName(value: Json | undefined): boolean {
  const name = isObject(value) ? (value['atom'] ?? value['charlist']) : value;
  return typeof name === 'string' && isSecretKey(name);
}
