import type { Journal } from '../../journal/journal.js';

/** The journal without what an earlier run left in it: other servers have sent newer messages since. */
export function forgetJournal(journal: Journal): Journal {
  for (const { target, seq } of journal.recovered) journal.remove(target, seq);
  return {
    recovered: [],
    report: journal.report,
    get bytes() {
      return journal.bytes;
    },
    append: (record) => journal.append(record),
    remove: (target, seq) => journal.remove(target, seq),
    close: () => journal.close(),
  };
}
