/** How the command ends. */
export const EXIT_CODES = {
  /** Everything was done. */
  ok: 0,
  /** Something failed, or at least one line of the input could not be answered. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
} as const
