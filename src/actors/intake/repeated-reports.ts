import { hash } from 'node:crypto';
import type { HostReport } from '../../host/host-report.js';
import type { Document, Json, JsonObject } from '../../model/document.js';
import { bytesOfReport } from '../../wire/messages/plain-report.js';
import type { World } from '../../world/world.js';
import type { ReportBounds } from './read-report.js';

/** Reports of so many hosts that are gone are kept before they are let go. */
const FEW = 1024;

/**
 * Reports of hosts that say what they said before, which is what most do: found by the digest of their bytes, so that they are
 * neither decoded nor checked again. A report rests on its bytes alone, so none is ever out of date. Of each host the newest
 * is kept, and only one whose row holds all that it says: its texts are the very strings of the row, and it takes 0.6 kB.
 */
export class RepeatedReports {
  readonly #world: Pick<World, 'hostByKey' | 'rows'>;
  readonly #reports = new Map<string, HostReport>();
  /** By hostkey. */
  readonly #digests = new Map<string, string>();

  constructor(world: Pick<World, 'hostByKey' | 'rows'>) {
    this.#world = world;
  }

  /** By what the report in this message is known; `undefined`: it can't be, or the message is too large to be read. */
  digestOf(body: Uint8Array, { max_report_bytes }: Pick<ReportBounds, 'max_report_bytes'>): string | undefined {
    const bytes = body.length > max_report_bytes ? undefined : bytesOfReport(body);
    return bytes === undefined ? undefined : hash('sha256', bytes, 'binary');
  }

  /** What was kept by this digest. */
  get(digest: string): HostReport | undefined {
    return this.#reports.get(digest);
  }

  /** Hosts of which a report is kept. */
  get size(): number {
    return this.#digests.size;
  }

  /** Keeps a report that was decoded from bytes with this digest and passed every check, if its host has said so before. */
  keep(digest: string, report: HostReport): void {
    if (report.extra !== undefined && Object.keys(report.extra).length > 0) return;
    const row = this.#world.hostByKey(report.hostkey);
    const fields = row === undefined ? undefined : withTextsOf(row, report.fields);
    if (fields === undefined) return;
    const text = (name: string, otherwise: string): string => (fields[name] ?? otherwise) as string;
    const { hashes } = report;
    this.#put(digest, {
      ...report,
      hostkey: text('hostkey', report.hostkey),
      name: text('name', report.name),
      group: text('group', report.group),
      environment: text('environment', report.environment),
      location: text('location', report.location),
      hashes: Object.fromEntries(
        Object.entries(hashes).map(([field, said]) => [field, text(field, said)]),
      ) as HostReport['hashes'],
      fields,
    });
  }

  #put(digest: string, report: HostReport): void {
    const { hostkey } = report;
    this.#drop(hostkey);
    this.#digests.set(hostkey, digest);
    this.#reports.set(digest, report);
    if (this.#digests.size <= this.#world.rows('host').size + FEW) return;
    for (const kept of [...this.#digests.keys()]) if (this.#world.hostByKey(kept) === undefined) this.#drop(kept);
  }

  #drop(hostkey: string): void {
    const digest = this.#digests.get(hostkey);
    if (digest !== undefined) this.#reports.delete(digest);
    this.#digests.delete(hostkey);
  }
}

/** The fields with the values of the row, which are the same; `undefined`: one is not. */
function withTextsOf(row: Document, fields: JsonObject): JsonObject | undefined {
  const own: Record<string, Json> = { ...fields };
  for (const name of Object.keys(own)) {
    const [said, had] = [own[name] as Json, row[name]];
    if (had === undefined || (said !== had && JSON.stringify(said) !== JSON.stringify(had))) return undefined;
    own[name] = had;
  }
  return own;
}
