import type { Json, JsonObject } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import type { RuleChoices } from '../dialect-rules.js';
import type { CommentRoom, Printer } from '../printer.js';
import { FIELD_PRINTER } from '../printers.js';
import type { Fault } from './compile-error.js';
import { readConnectionLimit, readRecentLimit } from './read-limit.js';
import type { Interfaces } from './firewall-rule.js';
import { STATES, type State } from './connection-state.js';
import type { Action, RuleKind, RuleModel, RulePeer } from './rule-model.js';

/** A rule as read; a harmless value replaces a faulty field, so that all other fields are checked too. */
export interface ReadRule {
  /** Null for a rule to be ignored (its service is one blank), and for what is not an object. */
  readonly rule: RuleModel | null;
  readonly faults: readonly Fault[];
  /** A comment that was cut to what the kernel keeps. */
  readonly cut: boolean;
}

/** Interface names are at most IFNAMSIZ - 1 bytes. */
const INTERFACE_BYTES = 15;
const SKIPPED: ReadRule = { rule: null, faults: [], cut: false };
/** Most interfaces and comments are of these characters alone, which no dialect refuses or replaces. */
const PLAIN_INTERFACE = /^[!#-[\]-~]{1,15}$/;
const PLAIN_COMMENT = /^[ -[\]-~]*$/;
const NO_STATES: readonly State[] = [];
const NO_FAULTS: readonly Fault[] = [];
const BASIC: RuleKind = { type: 'BASIC' };
const ANYONE: RulePeer = { kind: 'anyone' };
const ONE_STATE: ReadonlyMap<Json | undefined, readonly State[]> = new Map(STATES.map((state) => [state, [state]]));

/** In capitals. Most words are already, and asking costs less than making another text. */
function capitals(word: string): string {
  return word === 'BASIC' || word === 'ACCEPT' || word === 'DROP' ? word : word.toUpperCase();
}

/** How rules are read, besides the dialect. */
export interface RuleReading {
  /**
   * The id `any` of a group or zone means everyone, as consoles of the Erlang server send it
   * (`api.unknown_references`).
   */
  readonly anyIsEveryone: boolean;
  /** What the rules will be printed for; absent: what agents in the field load. */
  readonly printer?: Pick<Printer, 'comments'> | undefined;
}

class RuleReader {
  /** Made with the first fault: most rules have none. */
  #faults: Fault[] | undefined = undefined;
  readonly #anyIsEveryone: boolean;
  readonly #rule: JsonObject;
  readonly #choices: RuleChoices;
  readonly #comments: CommentRoom;

  constructor(rule: JsonObject, choices: RuleChoices, { anyIsEveryone, printer = FIELD_PRINTER }: RuleReading) {
    this.#anyIsEveryone = anyIsEveryone;
    this.#rule = rule;
    this.#choices = choices;
    this.#comments = printer.comments;
  }

  get faults(): readonly Fault[] {
    return this.#faults ?? NO_FAULTS;
  }

  #fault(kind: Fault['kind'], field: string, reason: string): void {
    const value = this.#rule[field];
    (this.#faults ??= []).push(
      value === undefined ? { kind, field, reason: `missing: ${reason}` } : { kind, field, value, reason },
    );
  }

  flag(field: string, given: Json | undefined, absent?: boolean): boolean {
    const value = given === undefined ? absent : given;
    if (typeof value === 'boolean') return value;
    this.#fault('shape', field, 'give true or false');
    return true;
  }

  /** A string as the dialect takes it: the Erlang server also concatenated lists of strings. */
  #text(value: Json | undefined): string | undefined {
    if (value === undefined) return '';
    if (typeof value === 'string') return value;
    if (this.#choices.looseText && isList(value) && value.every((item) => typeof item === 'string'))
      return value.join('');
    return undefined;
  }

  service(): string {
    const value = this.#rule['service'];
    if (typeof value === 'string') return value;
    this.#fault('shape', 'service', 'give the id of a service');
    return '';
  }

  action(ignored: boolean): Action {
    const value = this.#rule['action'];
    if (typeof value !== 'string') {
      this.#fault('shape', 'action', 'give ACCEPT, DROP or REJECT');
      return 'DROP';
    }
    const word = capitals(value);
    if (word === 'ACCEPT' || word === 'DROP' || word === 'REJECT') return word;
    if (!ignored) this.#fault('kernel', 'action', 'give ACCEPT, DROP or REJECT');
    return 'DROP';
  }

  kind(): RuleKind {
    const value = this.#rule['type'];
    const word = typeof value === 'string' ? capitals(value) : value === undefined ? 'BASIC' : '';
    if (word === 'BASIC') return BASIC;
    if (word === 'CONNLIMIT') return { type: word, limit: readConnectionLimit(this.#rule) };
    if (word === 'RECENT') return { type: word, limit: readRecentLimit(this.#rule) };
    this.#fault('shape', 'type', 'give BASIC, CONNLIMIT or RECENT');
    return BASIC;
  }

  #environment(): string | null {
    const value = this.#rule['environment'];
    if (value === undefined || value === '' || value === 'local') return null;
    if (isList(value) && value.length === 0) return null;
    if (typeof value === 'string') return value;
    this.#fault('shape', 'environment', 'give the name of a linked environment, or leave it out');
    return null;
  }

  peer(): RulePeer {
    const environment = this.#environment();
    const type = this.#rule['group_type'];
    if (type === 'ANY') return ANYONE;
    if (type !== 'ROLE' && type !== 'GROUP' && type !== 'ZONE') {
      this.#fault('shape', 'group_type', 'give ANY, ROLE, GROUP or ZONE');
      return ANYONE;
    }
    const id = this.#rule['group'];
    if (id === 'any' && environment === null && this.#anyIsEveryone) return ANYONE;
    if (typeof id === 'string') return { kind: type === 'ZONE' ? 'zone' : 'group', id, environment };
    this.#fault('shape', 'group', `give the id of a ${type === 'ZONE' ? 'zone' : 'group'}`);
    return ANYONE;
  }

  states(): readonly State[] {
    const value = this.#rule['states'];
    if (value === undefined) return NO_STATES;
    if (isList(value) && value.length < 2) {
      const one = value.length === 0 ? NO_STATES : ONE_STATE.get(value[0]);
      if (one !== undefined) return one;
    }
    const wanted = `give a list of ${STATES.join(', ')}, or an empty one for any state`;
    if (!isList(value) || !value.every((state) => typeof state === 'string')) {
      this.#fault('shape', 'states', wanted);
      return NO_STATES;
    }
    const words = new Set(value.join(',').toUpperCase().split(','));
    const known = STATES.filter((state) => words.has(state));
    if (known.length !== words.size) this.#fault('kernel', 'states', wanted);
    return known;
  }

  interface(): Interfaces | null {
    const name = this.#interface();
    if (name === '') return null;
    return name.endsWith('+') ? { name: name.slice(0, -1), andLonger: true } : { name, andLonger: false };
  }

  /** The name, which may end in `+` for all names that begin with it; empty: any. */
  #interface(): string {
    const value = this.#rule['interface'];
    const word = this.#choices.looseText && (value === null || typeof value === 'boolean');
    const name = word ? String(value) : this.#text(value);
    if (name === undefined) {
      this.#fault('shape', 'interface', 'give the name of an interface, or an empty string for any');
      return '';
    }
    // The kernel refuses the flag without a name, which the Erlang server wrote.
    if (isList(value) && name === '')
      this.#fault('kernel', 'interface', 'give the name of an interface, or an empty string for any');
    // A plus alone means every interface, and the kernel prints nothing for it.
    if (name === '' || name === 'ANY' || name === '+') return '';
    if (PLAIN_INTERFACE.test(name)) return name;
    const refused = this.#choices.refuseOddText ? /[\u0000-\u0020\u007f"\\]/ : /[\u0000-\u0020\u007f"]/;
    if (refused.test(name)) {
      this.#fault(
        'kernel',
        'interface',
        'give a name without blanks, control characters, double quotes and backslashes',
      );
    } else if (Buffer.byteLength(name) > INTERFACE_BYTES) {
      this.#fault('kernel', 'interface', `give a name of at most ${INTERFACE_BYTES} bytes`);
    }
    return name;
  }

  /** The part of a comment that can be printed. */
  cut(comment: string): string {
    return this.#comments.cut(comment);
  }

  /** The whole comment. */
  comment(): string {
    const text = this.#text(this.#rule['comment']);
    if (text === undefined) {
      this.#fault('shape', 'comment', 'give a string, or an empty one for none');
      return '';
    }
    if (PLAIN_COMMENT.test(text)) return text;
    const refused = this.#choices.refuseOddText ? /[\u0000-\u001f\u007f\\]/ : /[\u0000\n]/;
    if (refused.test(text) || (text.includes('\\') && !this.#comments.readsBack(text))) {
      this.#fault('kernel', 'comment', 'give a string without line feeds, other control characters and backslashes');
    }
    return this.#choices.asciiComments ? text.replace(/[^\u0000-\u007f]/gu, '?') : text;
  }

  /** Only basic rules that accept or reject have answers; a dropped packet needs none. */
  answered(): boolean {
    const { type, action } = this.#rule;
    const loose = (value: Json | undefined): Json | undefined =>
      typeof value === 'string' && !this.#choices.exactAnswerWords ? capitals(value) : value;
    return (type === undefined || loose(type) === 'BASIC') && loose(action) !== 'DROP';
  }
}

/**
 * Reads one rule of a ruleset document; absent fields as docs/rulesets.md#rules says, `log` and `log_prefix` do
 * nothing.
 */
export function readRule(value: Json, choices: RuleChoices, reading: RuleReading = { anyIsEveryone: false }): ReadRule {
  if (!isObject(value)) {
    return { rule: null, cut: false, faults: [{ kind: 'shape', field: 'rule', value, reason: 'a rule is an object' }] };
  }
  if (value['service'] === ' ') return SKIPPED;
  const reader = new RuleReader(value, choices, reading);
  const service = reader.service();
  const peer = reader.peer();
  const states = reader.states();
  reader.flag('log', value['log'], false);
  const kind = reader.kind();
  const device = reader.interface();
  const action = reader.action(kind.type === 'CONNLIMIT');
  const whole = reader.comment();
  const comment = reader.cut(whole);
  const active = reader.flag('active', value['active']);
  const rule: RuleModel = {
    active,
    action,
    kind,
    peer,
    service,
    states,
    interface: device,
    comment,
    answered: reader.answered(),
  };
  const found = reader.faults;
  const faults = active || found.length === 0 ? found : found.filter((fault) => fault.kind !== 'kernel');
  return { rule, faults, cut: active && comment !== whole };
}
