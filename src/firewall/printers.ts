import { IPTABLES } from './iptables/iptables-printer.js';
import type { Printer } from './printer.js';

/** The printers by name. A printer is a folder of its own, and a row here. */
export const PRINTERS = {
  iptables: IPTABLES,
} as const satisfies Readonly<Record<string, Printer>>;

export type PrinterName = keyof typeof PRINTERS;

/** What agents in the field load. */
export const FIELD_PRINTER: Printer = PRINTERS.iptables;
