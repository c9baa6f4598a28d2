/** By how much the server's event loop was late since its metrics were read before, in milliseconds. */
export async function loopLag(metrics: string): Promise<{ readonly p99: number; readonly max: number }> {
  const text = await (await fetch(`${metrics}/metrics`)).text();
  const seconds = (which: string) => {
    const value = new RegExp(`^dog_trainer_nodejs_eventloop_lag_${which}_seconds (\\S+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`${metrics}/metrics has no event-loop lag ${which}`);
    return Number(value) * 1000;
  };
  return { p99: seconds('p99'), max: seconds('max') };
}
