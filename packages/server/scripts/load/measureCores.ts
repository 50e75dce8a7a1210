/** Cores' worth of processor time that a measurement took, on average. */
export interface CoresUsed {
  readonly server: number
  /** This process. */
  readonly load: number
}

/** Measures something, and what it took of the machine. */
export async function measureCores<Result>(
  url: string,
  measure: () => Promise<Result>,
): Promise<Result & { readonly cores: CoresUsed }> {
  const [serverBefore, loadBefore, beganMs] = [await serverSeconds(url), process.cpuUsage(), performance.now()]
  const result = await measure()
  const seconds = (performance.now() - beganMs) / 1000
  const { user, system } = process.cpuUsage(loadBefore)
  const server = ((await serverSeconds(url)) - serverBefore) / seconds
  return { ...result, cores: { server, load: (user + system) / 1e6 / seconds } }
}

async function serverSeconds(url: string): Promise<number> {
  return readMetric(url, 'turnwise_process_cpu_seconds_total')
}

/** A metric of the server without labels. */
export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
}
