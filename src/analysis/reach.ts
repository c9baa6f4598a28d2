import type { Family } from '../firewall/addresses/family.js';
import type { JsonObject } from '../model/document.js';
import { AddressBook } from './address-book.js';
import { sameAddresses } from './address-set.js';
import { unionOfAll } from './address-steps.js';
import type { ConnectionCase, Step } from './connection.js';
import type { CaseWords } from './connection-json.js';
import type { Cell } from './diagram.js';
import type { End } from './ends.js';
import { addressesJson } from './addresses-json.js';
import { portsJson } from './flow-json.js';
import type { ByFamily } from './fleet.js';
import type { AddressSet } from './address-set.js';
import { mergeCells } from './merge-cells.js';
import type { Verdict } from './verdict.js';

interface Row {
  readonly family: Family;
  readonly verdict: Verdict;
  /** Where the end that was asked about lets the first packet through. */
  readonly step: Step | undefined;
}

/** Whether a connection may come about. */
const MAY_BE: ReadonlySet<Verdict> = new Set(['accept', 'depends', 'unknown']);

function* wholeOf({ parts }: End): Generator<void, ByFamily<AddressSet>> {
  const of = (family: Family) =>
    unionOfAll(
      family,
      parts.map(({ addresses }) => addresses[family]),
    );
  return { v4: yield* of('v4'), v6: yield* of('v6') };
}

/**
 * Who can open a connection to an end (`to`), or where one can be opened from it (`from`): rows of peers with what is
 * accepted, depends or is not known, disjoint and merged. A row that is of some addresses of the end only says which.
 */
export function* reachRows(
  cases: readonly ConnectionCase[],
  asked: 'from' | 'to',
  end: End,
  words: CaseWords,
): Generator<void, readonly JsonObject[]> {
  const whole = yield* wholeOf(end);
  const chain = asked === 'to' ? 'INPUT' : 'OUTPUT';
  const cells = cases.flatMap(({ family, verdict, box, steps }): Cell<Row> | [] =>
    MAY_BE.has(verdict)
      ? {
          box,
          leaf: { family, verdict, step: steps.find((step) => step.chain === chain && step.state !== 'ESTABLISHED') },
        }
      : [],
  );
  yield;
  const key = ({ family, verdict, step }: Row): string =>
    [family, verdict, step?.owner?.group, step?.owner?.host, step?.decision?.outcomes[0]?.lineNumber].join(' ');
  const rows: JsonObject[] = [];
  for (const { box, leaf } of yield* mergeCells(cells, new AddressBook(), key)) {
    const { family, verdict, step } = leaf;
    const [peer, own] = asked === 'to' ? [box.src, box.dst] : [box.dst, box.src];
    const owner = step?.owner ?? null;
    const [first] = step?.decision?.outcomes ?? [];
    const known = owner !== null && first !== undefined && first.verdict !== 'unknown';
    rows.push({
      peer: addressesJson(peer, yield* words.names(peer)),
      ...(sameAddresses(own, whole[family]) ? {} : { own: addressesJson(own, yield* words.names(own)) }),
      ...portsJson(box),
      verdict,
      family,
      group: owner?.group ?? null,
      line: first?.rule ?? null,
      source: known ? yield* words.source(owner.group, family, first.lineNumber) : null,
    });
    yield;
  }
  return rows;
}
