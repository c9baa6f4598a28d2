/** Codes of xterm and all that follow it: another screen with no cursor, and back to the first one as it was. */
export const ENTER = '\u001b[?1049h\u001b[?25l';
export const LEAVE = '\u001b[?25h\u001b[?1049l';
/** The cursor to the upper left corner; what is right of it, and what is below it, cleared. */
export const HOME = '\u001b[H';
export const CLEAR_LINE = '\u001b[K';
export const CLEAR_BELOW = '\u001b[J';
