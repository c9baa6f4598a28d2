import type { Database } from '../../sqlite/database.js';
import type { Document } from '../../model/document.js';
import { packRulesetSync, rowNaming, textsInRow } from '../../model/stored-ruleset.js';
import type { Totals } from './apply-changes.js';
import { rowCheck } from './row-check.js';

interface OldRow {
  readonly ord: number;
  readonly id: string;
  readonly revision: number;
  readonly sum: number;
  readonly doc: string;
}

/**
 * Takes the texts out of the rows of `ruleset_output`, each of which held its group's own copy, into table
 * `ruleset_text`, where equal ones are kept once. One row at a time, since all of them may not fit into memory. A row
 * that doesn't match its check sum, or holds no texts, is left as it is: its fault is reported when it is loaded.
 */
export function shareTexts(db: Database): void {
  const totals = db.prepare<[], Totals>('SELECT seq, ord, rows, digest FROM state').get();
  if (totals === undefined) return;
  const read = db.prepare<[number], OldRow>('SELECT ord, id, revision, sum, doc FROM documents WHERE ord = ?');
  const update = db.prepare('UPDATE documents SET revision = ?, sum = ?, doc = ? WHERE ord = ?');
  const insert = db.prepare('INSERT INTO documents (ord, tbl, id, revision, sum, doc) VALUES (?, ?, ?, ?, ?, ?)');
  const there = new Set<string>();
  const ords = db.prepare<[], number>("SELECT ord FROM documents WHERE tbl = 'ruleset_output'").pluck().all();
  for (const ord of ords) {
    const row = read.get(ord);
    if (row?.sum !== rowCheck(ord, 'ruleset_output', row?.id ?? '', row?.revision ?? 0, row?.doc ?? '')) continue;
    const doc = JSON.parse(row.doc) as Document;
    const found = textsInRow(doc);
    if (found === undefined) continue;
    const ruleset = packRulesetSync(found.texts, found.sets);
    if (!there.has(ruleset.id)) {
      there.add(ruleset.id);
      totals.seq += 1;
      totals.ord += 1;
      totals.rows += 1;
      const text = JSON.stringify(ruleset.doc);
      const sum = rowCheck(totals.ord, 'ruleset_text', ruleset.id, totals.seq, text);
      totals.digest ^= sum;
      insert.run(totals.ord, 'ruleset_text', ruleset.id, totals.seq, sum, text);
    }
    totals.seq += 1;
    const text = JSON.stringify(rowNaming(doc, ruleset.id));
    const sum = rowCheck(ord, 'ruleset_output', row.id, totals.seq, text);
    totals.digest ^= row.sum ^ sum;
    update.run(totals.seq, sum, text, ord);
  }
  // Their history is stored as differences to content that is gone, so watchers cannot resume from it.
  db.prepare("INSERT OR REPLACE INTO trimmed (tbl, seq) VALUES ('ruleset_output', ?)").run(totals.seq);
  db.prepare("DELETE FROM changes WHERE tbl = 'ruleset_output'").run();
  db.prepare('UPDATE state SET seq = ?, ord = ?, rows = ?, digest = ?').run(
    totals.seq,
    totals.ord,
    totals.rows,
    totals.digest,
  );
}
