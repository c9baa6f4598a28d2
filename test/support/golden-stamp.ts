import { SENDER_PID, type Stamp } from '../../src/wire/messages/envelope.js';

/** Time and pid of the messages in `test/golden/etf.json`. */
export const GOLDEN_STAMP: Stamp = { localTime: { date: [2024, 3, 9], time: [14, 5, 7] }, pid: SENDER_PID };
