/** What was kept of sets can't be read, or is not what it should be: nothing is answered from it. */
export class HistoryFault extends Error {
  override readonly name = 'HistoryFault';
}
