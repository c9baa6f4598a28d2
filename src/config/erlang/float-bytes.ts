/** A number in IEEE 754 of this many bits, big endian, rounded to nearest, ties to even; too large is infinity. */
export function floatBytes(value: number, bits: 16 | 32 | 64): Uint8Array {
  const bytes = Buffer.alloc(bits / 8);
  if (bits === 64) bytes.writeDoubleBE(value);
  else if (bits === 32) bytes.writeFloatBE(value);
  else bytes.writeUInt16BE(half(value));
  return bytes;
}

function half(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // Below 2^-14 all have the exponent of 2^-14.
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const steps = toEven(size / 2 ** (exponent - 10));
  // Rounding up to the next power carries over into the exponent by itself.
  return sign | (size < 2 ** -14 ? steps : ((exponent + 15) << 10) + (steps - 1024));
}

function toEven(value: number): number {
  const floor = Math.floor(value);
  const over = value - floor;
  return over > 0.5 || (over === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
