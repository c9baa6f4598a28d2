/** One event as it was told: its kind, its id, its data. */
export interface Told {
  readonly kind: string;
  readonly id: string | undefined;
  /** The JSON object of its `data` line. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) from pieces of text, as our server writes them: one `data` line each. */
export class EventLines {
  #rest = '';

  /** The events that are whole with this piece. */
  take(piece: string): readonly Told[] {
    const blocks = (this.#rest + piece).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const told = readBlock(block);
      return told === undefined ? [] : [told];
    });
  }
}

function readBlock(block: string): Told | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  const [kind, data] = [fields.get('event'), fields.get('data')];
  if (kind === undefined || data === undefined) return undefined;
  return { kind, id: fields.get('id'), data: JSON.parse(data) as Told['data'] };
}
