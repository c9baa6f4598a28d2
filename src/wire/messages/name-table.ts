/** Values by short names, found by the bytes of a name in a message: no string is made of it. */
export class NameTable<Value> {
  readonly #entries = new Map<number, { readonly name: Buffer; readonly value: Value }[]>();

  constructor(values: Iterable<readonly [name: string, value: Value]>) {
    for (const [text, value] of values) {
      const name = Buffer.from(text, 'latin1');
      const mix = mixOf(name, 0, name.length);
      this.#entries.set(mix, [...(this.#entries.get(mix) ?? []), { name, value }]);
    }
  }

  /** The value of the name that these bytes are; `undefined`: they are none. */
  at(bytes: Buffer, from: number, length: number): Value | undefined {
    const entries = this.#entries.get(mixOf(bytes, from, length));
    if (entries === undefined) return undefined;
    for (const { name, value } of entries) if (isAt(name, bytes, from, length)) return value;
    return undefined;
  }
}

/** A number by length and four of the bytes, which tells the names of a message's fields apart, mostly. */
function mixOf(bytes: Buffer, from: number, length: number): number {
  const at = (index: number): number => bytes[from + index] as number;
  if (length < 4) return length;
  return (length * 31 + at(0) * 7 + at(3) * 5 + at(length - 1) * 3 + at(length >> 1)) & 0x3ff;
}

function isAt(name: Buffer, bytes: Buffer, from: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (name[index] !== bytes[from + index]) return false;
  return true;
}
