/** Appends bits to a growing bitstring. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #open = 0;
  #openBits = 0;

  get size(): number {
    return this.#bytes.length * 8 + this.#openBits;
  }

  /** The lowest `size` bits of the value, highest first. */
  putInteger(value: bigint, size: number, little: boolean): void {
    const rest = size % 8;
    const bytes = bytesOf(BigInt.asUintN(size, value), size);
    if (little) {
      // Whole bytes from the lowest on, then what is left of the highest.
      for (let at = bytes.length - 1; at >= (rest === 0 ? 0 : 1); at--) this.#put(bytes[at] ?? 0, 8);
      if (rest > 0) this.#put(bytes[0] ?? 0, rest);
    } else {
      bytes.forEach((byte, at) => {
        this.#put(byte, at === 0 && rest > 0 ? rest : 8);
      });
    }
  }

  putBits(bytes: Uint8Array, size: number): void {
    const whole = Math.floor(size / 8);
    for (let at = 0; at < whole; at++) this.#put(bytes[at] ?? 0, 8);
    if (size % 8 > 0) this.#put((bytes[whole] ?? 0) >> (8 - (size % 8)), size % 8);
  }

  bytes(): Uint8Array {
    const all = this.#openBits === 0 ? this.#bytes : [...this.#bytes, this.#open << (8 - this.#openBits)];
    return Uint8Array.from(all);
  }

  #put(value: number, bits: number): void {
    if (bits === 8 && this.#openBits === 0) {
      this.#bytes.push(value);
      return;
    }
    const joined = (this.#open << bits) | value;
    const have = this.#openBits + bits;
    if (have >= 8) this.#bytes.push((joined >> (have - 8)) & 255);
    this.#openBits = have % 8;
    this.#open = joined & ((1 << this.#openBits) - 1);
  }
}

/** Big endian; the first byte holds the bits over a multiple of 8. */
function bytesOf(value: bigint, size: number): Uint8Array {
  const length = Math.ceil(size / 8);
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex')).subarray(0, length);
}
