import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeTerm } from '../../src/wire/decode.js';
import { encodeTerm } from '../../src/wire/encode.js';
import type { Term } from '../../src/wire/term.js';
import { parseErlang } from '../support/erlang-text.js';

const captures = readdirSync('test/captures')
  .filter((name) => name.endsWith('.bin') && name !== 'agent-rpc-reply.bin')
  .map((name) => name.slice(0, -4));

/** Order of map pairs and a pid's node mean nothing here. */
function comparable(term: Term): unknown {
  switch (term.kind) {
    case 'map':
      return Object.fromEntries(
        term.entries.map(([key, value]) => [JSON.stringify(comparable(key)), comparable(value)]),
      );
    case 'list':
    case 'tuple':
      return [term.kind, ...term.elements.map(comparable)];
    case 'pid':
      return ['pid', term.id, term.serial];
    case 'binary':
    case 'charlist':
      return [term.kind, term.bytes.toString('latin1')];
    default:
      return term;
  }
}

describe('captured messages', () => {
  it('are all here', () => expect(captures).toHaveLength(9));

  it.each(captures)('%s decodes to what Erlang printed', (name) => {
    const bytes = readFileSync(`test/captures/${name}.bin`);
    const printed = readFileSync(`test/captures/${name}.txt`, 'utf8').replace(/^[\s\S]*^%% body.*\n/m, '');
    const { elements } = parseErlang(printed) as Term & { kind: 'tuple' };
    expect(comparable(decodeTerm(bytes))).toEqual(comparable(elements[1] as Term));
  });

  it.each(captures)('%s comes back to its bytes', (name) => {
    const bytes = readFileSync(`test/captures/${name}.bin`);
    const term = decodeTerm(bytes);
    const again = encodeTerm(term);
    // Senders that write atoms the old way come back in the new one, one byte shorter an atom.
    if (bytes[8] === 100) expect(decodeTerm(again)).toEqual(term);
    else expect(again.equals(bytes)).toBe(true);
  });
});
