/** A question as `POST /api/V2/explain` takes it. */
export interface Question {
  readonly from: string;
  readonly to: string;
  readonly protocol?: string;
  readonly port?: number;
  readonly family?: string;
  /** Epoch seconds. */
  readonly at?: number;
}

/** The question of an address's query; undefined: an end is missing, so nothing is asked. What is no number is left to the server to refuse. */
export function readQuestion(query: URLSearchParams): Question | undefined {
  const word = (key: string) => query.get(key)?.trim() ?? '';
  const [from, to] = [word('from'), word('to')];
  if (from === '' || to === '') return undefined;
  const text = (key: 'protocol' | 'family') => (word(key) === '' ? {} : { [key]: word(key) });
  const number = (key: 'port' | 'at') => {
    if (word(key) === '') return {};
    const value = Number(word(key));
    return { [key]: Number.isNaN(value) ? word(key) : value };
  };
  return { from, to, ...text('protocol'), ...number('port'), ...text('family'), ...number('at') };
}

/** What it is about, in one line. */
export function questionText({ from, to, protocol, port, family }: Omit<Question, 'at'>): string {
  const parts = [
    protocol === undefined || protocol === 'any' ? 'anything' : protocol,
    port,
    family === undefined ? '' : `IP${family}`,
  ];
  return `${from} → ${to}, ${parts.filter((part) => part !== undefined && part !== '').join(' ')}`;
}
