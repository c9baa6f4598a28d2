/** Points of one line: epoch seconds and values. */
export interface PlotData {
  readonly at: readonly number[];
  readonly values: readonly number[];
}
