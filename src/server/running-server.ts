/** A server that is up: everything of the tree is started and both ports listen. */
export interface RunningServer {
  /** Base URLs (`http://127.0.0.1:7070`) and ports as they really are. */
  readonly listening: {
    readonly api: string;
    readonly api_port: number;
    readonly metrics: string;
    readonly metrics_port: number;
  };
  /** Resolves with the reason when the tree has given up by itself; never rejects. */
  readonly ended: Promise<Error>;
  /** Stops in order, within `shutdown_seconds`: intake first, queues drained or journalled. Resolves with what was left. */
  stop(): Promise<readonly string[]>;
  /** What would be lost if the process ended now, one string per item. */
  left(): readonly string[];
}
