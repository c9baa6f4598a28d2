/** A count divided by BENCH_SCALE (default 1): the tests run every bench small, to see that it runs at all. */
export const scaled = (count) => Math.max(2, Math.round(count / Number(process.env.BENCH_SCALE ?? 1)));
