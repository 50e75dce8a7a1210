import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { COMMAND_PATH, DEPLOY } from './deployFolder.js'
import { killer, type Running } from './startServe.js'

const START_MS = 30_000

/** Starts HAProxy with the configuration of this folder, before instances on this machine. */
export async function startHaproxy(ports: readonly number[]): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'turnwise-haproxy-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const port = await freePort()
  const shipped = await readFile(new URL('haproxy/haproxy.cfg', DEPLOY), 'utf8')
  const servers = ports.map((each, index) => `    server turnwise-${index + 1} 127.0.0.1:${each}`).join('\n')
  const changed = shipped
    .replace(/^ {4}server-template .*$/m, servers)
    .replace(/^ {4}bind :8080$/m, `    bind 127.0.0.1:${port}`)
  const path = join(folder, 'haproxy.cfg')
  await writeFile(path, changed)
  const child = spawn('haproxy', ['-db', '-f', path], { env: { PATH: COMMAND_PATH } })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const kill = killer(child)
  const url = `http://127.0.0.1:${port}`
  const latestMs = performance.now() + START_MS
  while (!(await isReady(url))) {
    if (child.exitCode !== null || performance.now() > latestMs) throw new Error(output)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { url, port, kill }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
