import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of a Chromium on this machine: `TURNWISE_CHROMIUM`, or where Linux has it. Undefined if there is none. */
export function findChromium(): string | undefined {
  return [process.env.TURNWISE_CHROMIUM, ...PATHS].find((path) => path !== undefined && existsSync(path))
}

/** Has WebGPU where there is no graphics card: SwiftShader does its work on the processor, right and very slowly. */
export const SOFTWARE_WEBGPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]

/** Starts Chromium without a window. */
export function launchChromium(executablePath: string, args: readonly string[] = []): Promise<Browser> {
  // Without a sandbox: in containers it has none to use.
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...args] })
}
