import type { Config } from '../../config/schema.js';
import type { Delivery } from '../../broker/broker.js';
import type { HostReport } from '../../host/host-report.js';
import { refuseReport } from '../../host/validate-report.js';
import type { JsonObject } from '../../model/document.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import { MessageError } from '../../wire/messages/message-error.js';
import { decodeReport, type Report } from '../../wire/messages/report.js';
import type { RefusalReason } from './refused-reports.js';

/** Bounds of what one report may be and say. */
export type ReportBounds = Pick<Config['intake'], 'max_report_bytes' | 'addresses_max' | 'check_user_id'>;

/** The report in this body, or why there is none. */
export function readReport(body: Uint8Array, { max_report_bytes }: ReportBounds): HostReport | MessageError {
  if (body.length > max_report_bytes)
    return new MessageError(
      'too_large',
      'body',
      `a report of ${body.length} bytes; at most ${max_report_bytes} are taken`,
    );
  try {
    return toHostReport(decodeReport(body));
  } catch (error) {
    if (error instanceof MessageError) return error;
    throw error;
  }
}

/** Each by its name: a spread would read the interfaces, which nobody here asks for. */
function toHostReport(report: Report): HostReport {
  const { updateType, stopping, hostkey, name, group, environment, location, hashes, extra } = report;
  const fields = stopping ? withoutActive(report.fields) : report.fields;
  return { updateType, stopped: stopping, hostkey, name, group, environment, location, hashes, fields, extra };
}

function withoutActive({ active: _active, ...row }: JsonObject): JsonObject {
  return row;
}

/** Why a report that could be read is not taken. */
export interface ReportFault {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** By who sent it. */
export function checkSender(
  { userId }: Pick<Delivery, 'userId'>,
  report: HostReport,
  { check_user_id }: ReportBounds,
): ReportFault | undefined {
  if (check_user_id && userId !== report.hostkey) {
    const who = userId === undefined ? 'nobody in particular' : JSON.stringify(userId.slice(0, 60));
    return {
      reason: 'wrong_user',
      detail: `user-id: it comes from ${escapeHidden(who)}, where the user name must be the hostkey (intake.check_user_id)`,
    };
  }
  return undefined;
}

/** By what it says. */
export function checkReport(report: HostReport, { addresses_max }: ReportBounds): ReportFault | undefined {
  const refusal = refuseReport(report, addresses_max);
  if (refusal === undefined) return undefined;
  return {
    reason: refusal.field === 'interfaces' ? 'addresses' : 'invalid',
    detail: `${refusal.field}: ${refusal.reason}`,
  };
}

/** What operators see of a refused report: it may hold characters that would change what they see. */
export function shownReport({ hostkey, name, group }: HostReport): { hostkey: string; name: string; group: string } {
  return { hostkey: escapeHidden(hostkey), name: escapeHidden(name), group: escapeHidden(group) };
}
