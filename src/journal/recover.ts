import type { JournalRecord } from '../broker/outbox-contract.js';
import { targetKey } from './journal-format.js';
import { readSegment } from './read-segment.js';

/** What reading a segment found. */
export interface Recovery {
  /** The newest message of each target that was not done with, by rising sequence number. */
  readonly live: readonly JournalRecord[];
  readonly records: number;
  /** Bytes at the end that are not a whole record: a write that never finished, so its sender was never told `accepted`. */
  readonly tornBytes: number;
  /** Places where the segment was changed after it was written. */
  readonly damage: readonly { readonly offset: number; readonly target?: string }[];
  /**
   * Targets of which a message was lost to damage, or may have been: their older messages are not in `live`, because
   * something newer may have been sent already. They have to be made anew from the policy.
   */
  readonly doubtful: readonly string[];
  /** A message may be lost whose target nothing tells: everything has to be made anew. */
  readonly unnamedLoss: boolean;
}

/**
 * Reads what is live in a segment. Policy for damage, which is not a torn tail: a record whose target can still be told
 * takes only that target's older record with it; one that tells nothing makes all older ones doubtful, as any of them
 * may have been replaced or done with there.
 */
export async function recover(path: string): Promise<Recovery> {
  const live = new Map<string, JournalRecord>();
  const byKey = new Map<string, string>();
  /** With the sequence number from which on something was lost; infinite when it can't be told. */
  const doubtful = new Map<string, number>();
  const damage: { offset: number; target?: string }[] = [];
  let records = 0;
  let tornBytes = 0;
  let unnamedLoss = false;
  const doubt = (target: string, seq: number): void => {
    live.delete(target);
    doubtful.set(target, seq);
  };

  for await (const item of readSegment(path)) {
    switch (item.kind) {
      case 'put': {
        const { record } = item;
        records++;
        live.delete(record.target); // so that the map keeps the order of the puts
        live.set(record.target, record);
        byKey.set(targetKey(record.target), record.target);
        doubtful.delete(record.target);
        break;
      }
      case 'done':
        records++;
        if ((live.get(item.target)?.seq ?? Infinity) <= item.seq) live.delete(item.target);
        // What was lost to damage had been confirmed.
        if ((doubtful.get(item.target) ?? Infinity) <= item.seq) doubtful.delete(item.target);
        break;
      case 'damaged': {
        const target = item.target ?? byKey.get(item.header.key);
        damage.push({ offset: item.offset, ...(target === undefined ? {} : { target }) });
        if (item.header.type === 'put') {
          if (target === undefined) unnamedLoss = true;
          else doubt(target, item.header.seq);
        } else if (target !== undefined && (live.get(target)?.seq ?? Infinity) <= item.header.seq) live.delete(target);
        break;
      }
      case 'unreadable':
        damage.push({ offset: item.offset });
        unnamedLoss = true;
        for (const target of [...live.keys()]) doubt(target, Infinity);
        break;
      case 'torn':
        tornBytes += item.bytes;
        break;
    }
  }
  return { live: [...live.values()], records, tornBytes, damage, doubtful: [...doubtful.keys()], unnamedLoss };
}
