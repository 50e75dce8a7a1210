import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Numbers of cores as `taskset -c` takes them. */
export interface CoreShares {
  readonly server: string
  readonly load: string
}

/**
 * Divides the cores that this process may use: the last ones for the load, the others for the server. Linux only.
 *
 * @param loadCores how many the load gets
 * @throws Error if the server would be left none
 */
export function shareCores(loadCores: number): CoreShares {
  const cores = allowedCores()
  if (loadCores >= cores.length) throw new Error(`Of ${cores.length} cores the server would be left none.`)
  return { server: cores.slice(0, -loadCores).join(','), load: cores.slice(-loadCores).join(',') }
}

/** Keeps this process, all its threads, to some cores from now on. */
export function pinThisProcess(cores: string): void {
  execFileSync('taskset', ['-a', '-p', '-c', cores, String(process.pid)])
}

function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8')
  const [, list = ''] = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status) ?? []
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}
