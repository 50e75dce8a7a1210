/** How the command ends. */
export const EXIT_CODES = {
  /** Everything was done. */
  ok: 0,
  /** Something failed, or at least one line of the input could not be answered. */
  failure: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The process was told to stop before all was done; shells say so. */
  interrupted: 130,
} as const
