/**
 * Codes of xterm and all that follow it: another screen with no cursor, whose lines are cut rather than wrapped, and back
 * to the first one as it was.
 */
export const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
export const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
/** The cursor to the upper left corner; what is right of it, and what is below it, cleared. */
export const HOME = '\u001b[H';
export const CLEAR_LINE = '\u001b[K';
export const CLEAR_BELOW = '\u001b[J';
