/**
 * `next` of a value, at once where it is known already, else when it is. A read from memory needs no promise, and each one of a
 * request costs about as much as its line in the log, since asynchronous context follows it (src/otp).
 */
export function whenKnown<Value, Next>(
  value: Value | Promise<Value>,
  next: (value: Value) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
