import { savedAddress, type SetFamily } from './set-address.js';

/** A `hash:net` set of the kernel; entries as `ipset save` prints them. */
export interface KernelSet {
  readonly family: SetFamily;
  readonly maxElements: number;
  readonly entries: ReadonlySet<string>;
}

/** All sets of a host. Never changed in place: hosts with the same history share one table. */
export type SetTable = ReadonlyMap<string, KernelSet>;

/** What a restore leaves behind: lines before the one that failed stay in force, as with the real tool. */
export interface SetsRestored {
  readonly table: SetTable;
  /** As the tool words it, with the line number; `undefined` when all lines were taken. */
  readonly error: string | undefined;
}

export const NO_SETS: SetTable = new Map();

const MAX_NAME_BYTES = 31;
const DEFAULT_MAX_ELEMENTS = 65_536;

/** A set while it is being worked on; `shared` until its entries are its own copy. */
interface Draft {
  readonly family: SetFamily;
  readonly maxElements: number;
  entries: Set<string>;
  shared: boolean;
}

/** `ipset restore -exist` of a text. `inUse`: sets that rules name, which can't be destroyed. */
export function restoreSets(before: SetTable, text: string, inUse: ReadonlySet<string>): SetsRestored {
  const drafts = new Map<string, Draft>();
  for (const [name, set] of before) drafts.set(name, { ...set, entries: set.entries as Set<string>, shared: true });
  let error: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const problem = applyLine(drafts, line.trim().split(/\s+/), inUse);
    if (problem === undefined) continue;
    error = `Error in line ${index + 1}: ${problem}`;
    break;
  }
  const table = new Map<string, KernelSet>();
  for (const [name, { family, maxElements, entries }] of drafts) table.set(name, { family, maxElements, entries });
  return { table, error };
}

/** The text of `ipset save`. */
export function saveSets(table: SetTable): string {
  const lines: string[] = [];
  for (const [name, { family, maxElements, entries }] of table) {
    lines.push(
      `create ${name} hash:net family ${family} hashsize 1024 maxelem ${maxElements} bucketsize 12 initval 0x1`,
    );
    for (const entry of entries) lines.push(`add ${name} ${entry}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function applyLine(
  drafts: Map<string, Draft>,
  [command = '', name = '', ...words]: readonly string[],
  inUse: ReadonlySet<string>,
): string | undefined {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `Syntax error: setname '${name}' is longer than 31 characters`;
  if (name === '') return `Missing mandatory argument of command ${command}`;
  const args = words.filter((word) => word !== '-exist');
  switch (command) {
    case 'create':
      return create(drafts, name, args);
    case 'add':
      return add(drafts.get(name), name, args);
    case 'swap':
      return swap(drafts, name, args);
    case 'flush': {
      const set = drafts.get(name);
      if (set === undefined) return missing(name);
      set.entries = new Set();
      set.shared = false;
      return undefined;
    }
    case 'destroy':
      if (!drafts.has(name)) return missing(name);
      if (inUse.has(name)) return `Set ${name} cannot be destroyed: it is in use by a kernel component`;
      drafts.delete(name);
      return undefined;
    default:
      return `Unknown command ${command}`;
  }
}

function create(drafts: Map<string, Draft>, name: string, [type, ...options]: readonly string[]): string | undefined {
  if (type !== 'hash:net') return `Unknown set type ${type ?? ''}`;
  const option = new Map<string, string>();
  for (let i = 0; i < options.length; i += 2) option.set(options[i] as string, options[i + 1] ?? '');
  const family = option.get('family') ?? 'inet';
  if (family !== 'inet' && family !== 'inet6') return `Syntax error: unknown INET family ${family}`;
  const maxElements = Number(option.get('maxelem') ?? DEFAULT_MAX_ELEMENTS);
  const old = drafts.get(name);
  if (old === undefined) drafts.set(name, { family, maxElements, entries: new Set(), shared: false });
  else if (old.family !== family || old.maxElements !== maxElements) {
    return 'Set cannot be created: set with the same name already exists';
  }
  return undefined;
}

function add(set: Draft | undefined, name: string, [text = '']: readonly string[]): string | undefined {
  if (set === undefined) return missing(name);
  const entry = savedAddress(text, set.family);
  if (entry === undefined) return `Syntax error: cannot parse ${text}: no ${set.family} network that a set can hold`;
  if (set.entries.has(entry)) return undefined;
  if (set.entries.size >= set.maxElements) return 'Hash is full, cannot add more elements';
  if (set.shared) {
    set.entries = new Set(set.entries);
    set.shared = false;
  }
  set.entries.add(entry);
  return undefined;
}

function swap(drafts: Map<string, Draft>, from: string, [to = '']: readonly string[]): string | undefined {
  const first = drafts.get(from);
  const second = drafts.get(to);
  if (first === undefined) return missing(from);
  if (second === undefined) return missing(to);
  if (first.family !== second.family) return 'The sets cannot be swapped: their type does not match';
  drafts.set(from, second);
  drafts.set(to, first);
  return undefined;
}

function missing(name: string): string {
  return `The set with the given name does not exist: ${name}`;
}
