/**
 * Exit codes of all commands (docs/command-line.md#exit-codes), beside 0: done, and 1: it could not be done. Each means
 * the same everywhere, so that a pipeline that asks for a plan can't take a misspelt option for one.
 */

/** `plan` and `diff`: there is a difference. */
export const DIFFERENT = 2;

/** It was looked, and something is not well, or not certain. */
export const NOT_WELL = 3;

/** The command line or the configuration is wrong; nothing was done. EX_USAGE of sysexits.h. */
export const WRONG_USE = 64;
