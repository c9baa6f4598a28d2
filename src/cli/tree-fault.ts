function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What keeps an answer from being printed as `ActorNode`s (`GET /api/V2/actors`), with its place; undefined: nothing.
 * Another program, or a server of another version, may listen at that address.
 */
export function treeFault(node: unknown, place = 'the answer'): string | undefined {
  if (!isObject(node)) return `${place} is not an object`;
  for (const field of ['path', 'id', 'state'])
    if (typeof node[field] !== 'string') return `${place}.${field} is not a string`;
  for (const field of ['mailbox', 'handled', 'restarts'])
    if (typeof node[field] !== 'number') return `${place}.${field} is not a number`;
  const { lastCrash, detail, supervisor, children } = node;
  if (lastCrash !== null) {
    if (!isObject(lastCrash) || typeof lastCrash['at'] !== 'number' || typeof lastCrash['reason'] !== 'string')
      return `${place}.lastCrash is not null or {at, reason}`;
    if (Number.isNaN(new Date(lastCrash['at']).getTime())) return `${place}.lastCrash.at is not a time`;
  }
  if (detail !== undefined && !isObject(detail)) return `${place}.detail is not an object`;
  if (supervisor !== undefined && (!isObject(supervisor) || typeof supervisor['total'] !== 'number'))
    return `${place}.supervisor.total is not a number`;
  if (children === undefined) return undefined;
  if (!Array.isArray(children)) return `${place}.children is not a list`;
  for (const [index, child] of children.entries()) {
    const fault = treeFault(child, `${place}.children[${index}]`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
