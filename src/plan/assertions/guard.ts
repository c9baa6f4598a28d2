/** What hosts need so that they can be reached and reach: an assertion about every group that has hosts. */
export interface Guard {
  /** Unique, for people too: `ssh_from zone:office`, `broker 192.0.2.7:5671`. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'ssh_from' | 'broker' | 'dns';
  /** Who connects to every host, or whom every host connects to; an END. */
  readonly end: string;
  readonly way: 'to hosts' | 'from hosts';
  /** tcp 6, udp 17. */
  readonly protocol: number;
  readonly port: number;
}

/** A guard that can't be told of, since it is not known which address it is about. It refuses nothing. */
export interface IdleGuard {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
}
