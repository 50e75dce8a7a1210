/** Whether an error is one of the operating system's with one of the codes, such as ENOENT. */
export function isSystemError(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
