/** The process was told to stop, and the command has done so. Its message says what is left of the work. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}
