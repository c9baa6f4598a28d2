/** The addresses in a report's `interfaces` text, or what is wrong with it. Strings are as the agent wrote them. */
export interface Interfaces {
  /** Interface name to addresses, as reported; `ec2_public_ipv4` is a member like the others. */
  readonly byName: ReadonlyMap<string, readonly string[]>;
  /** All addresses, in order, each once. */
  readonly addresses: readonly string[];
  /** Why parts were left out; `undefined` when everything was understood. */
  readonly problem: string | undefined;
}

/**
 * Reads JSON of the form `{"eth0": ["10.0.0.1", "fd00::1"], …}`; `[]` stands for no interface
 * (docs/protocol.md#report). Never throws: a host whose interfaces are unreadable has no addresses, and `problem` says
 * why.
 */
export function parseInterfaces(text: string): Interfaces {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return nothing(`interfaces: no JSON (${(error as Error).name})`);
  }
  if (Array.isArray(value)) {
    return nothing(value.length === 0 ? undefined : 'interfaces: a list, where an object of lists belongs');
  }
  if (typeof value !== 'object' || value === null) return nothing('interfaces: no object of lists');
  return fromObject(value as Readonly<Record<string, unknown>>);
}

/** The string that an agent sends for these interfaces: `[]` when there are none. */
export function printInterfaces(byName: Readonly<Record<string, readonly string[]>>): string {
  return Object.keys(byName).length === 0 ? '[]' : JSON.stringify(byName);
}

function fromObject(object: Readonly<Record<string, unknown>>): Interfaces {
  const byName = new Map<string, readonly string[]>();
  const addresses = new Set<string>();
  let problem: string | undefined;
  for (const [name, list] of Object.entries(object)) {
    if (!Array.isArray(list)) {
      problem ??= `interfaces: ${JSON.stringify(name.slice(0, 40))} holds no list`;
      continue;
    }
    const texts = list.filter((address): address is string => typeof address === 'string');
    if (texts.length < list.length)
      problem ??= `interfaces: ${JSON.stringify(name.slice(0, 40))} holds more than strings`;
    byName.set(name, texts);
    for (const address of texts) addresses.add(address);
  }
  return { byName, addresses: [...addresses], problem };
}

function nothing(problem: string | undefined): Interfaces {
  return { byName: new Map(), addresses: [], problem };
}
