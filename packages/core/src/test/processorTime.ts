/** The milliseconds of processor time that an action takes: unlike time on the wall, much the same on a busy machine. */
export function processorTimeMs(action: () => unknown): number {
  const start = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
