import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { JsonObject } from '../../model/document.js';
import { roughBytes } from '../../model/rough-bytes.js';
import type { World } from '../../world/world.js';

/** From this share of a bound on an alarm is set. */
const ALARM_SHARE = 0.8;
const MIB = 1024 * 1024;

/**
 * Whether there is room for another host, and for a host's row to grow (`intake.hosts_max`, `intake.hosts_max_bytes`):
 * a sender of reports could otherwise fill the memory. A plain object: it counts what the world has, and hosts that
 * were let in a moment ago and that the world does not have yet.
 */
export class HostRoom {
  readonly #world: Pick<World, 'rows' | 'hostByKey' | 'hostBytes'>;
  readonly #alarms: AlarmBook;
  readonly #most: number;
  readonly #mostBytes: number;
  /** Bytes of hosts that were let in, by hostkey. */
  readonly #coming = new Map<string, number>();

  constructor(options: {
    readonly world: Pick<World, 'rows' | 'hostByKey' | 'hostBytes'>;
    readonly alarms: AlarmBook;
    /** Hosts. */
    readonly most: number;
    /** Bytes of all rows together. */
    readonly mostBytes: number;
  }) {
    this.#world = options.world;
    this.#alarms = options.alarms;
    this.#most = options.most;
    this.#mostBytes = options.mostBytes;
  }

  /** Lets a new host in, or says why not. */
  admit(hostkey: string, fields: JsonObject): string | undefined {
    const { hosts, bytes } = this.#used();
    const more = roughBytes(fields);
    if (hosts + 1 > this.#most) {
      this.showAlarm();
      return `there are ${hosts} hosts, and no more are taken (intake.hosts_max)`;
    }
    if (bytes + more > this.#mostBytes) {
      this.showAlarm();
      return `the rows of all hosts have ${bytes} bytes, there is no room for ${more} more (intake.hosts_max_bytes)`;
    }
    this.#coming.set(hostkey, more);
    this.showAlarm();
    return undefined;
  }

  /** Whether a known host's row may take over these fields; otherwise why not. It may always shrink. */
  grow(hostkey: string, fields: JsonObject): string | undefined {
    const row = this.#world.hostByKey(hostkey);
    if (row === undefined) return undefined;
    let more = 0;
    for (const name of Object.keys(fields)) {
      const [value, had] = [fields[name], row[name] ?? ''];
      if (value !== had) more += roughBytes(value) - roughBytes(had);
    }
    // Rows breathe a little with every report; what fills the memory is more than that.
    if (more <= 1024) return undefined;
    const { bytes } = this.#used();
    if (bytes + more <= this.#mostBytes) return undefined;
    this.showAlarm();
    return `its row would grow by ${more} bytes, and the rows of all hosts have ${bytes} (intake.hosts_max_bytes)`;
  }

  /** The host that was let in did not come. */
  release(hostkey: string): void {
    this.#coming.delete(hostkey);
  }

  /** Sets or clears the alarm `intake.hosts_max` by what there is now. */
  showAlarm(): void {
    const { hosts, bytes } = this.#used();
    const full = (part: number, whole: number): boolean => part >= whole * ALARM_SHARE;
    const text = full(hosts, this.#most)
      ? `${hosts} of at most ${this.#most} hosts are registered; further ones will be refused. Delete hosts that are gone, or raise intake.hosts_max`
      : full(bytes, this.#mostBytes)
        ? `the rows of hosts take ${Math.round(bytes / MIB)} of at most ${Math.round(this.#mostBytes / MIB)} MiB; further hosts will be refused. Look for hosts that report too much, or raise intake.hosts_max_bytes`
        : undefined;
    this.#alarms.show('intake.hosts_max', text);
  }

  #used(): { readonly hosts: number; readonly bytes: number } {
    let { hostBytes: bytes } = this.#world;
    for (const [hostkey, more] of this.#coming) {
      if (this.#world.hostByKey(hostkey) !== undefined) this.#coming.delete(hostkey);
      else bytes += more;
    }
    return { hosts: this.#world.rows('host').size + this.#coming.size, bytes };
  }
}
