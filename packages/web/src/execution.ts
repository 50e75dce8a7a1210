/** What can compute: WebAssembly on the processor, WebGPU on the graphics card. */
export const EXECUTIONS = ['wasm', 'webgpu'] as const
export type Execution = (typeof EXECUTIONS)[number]

/** What can be asked for: one of them, or the faster of those that give the same answers, which is measured. */
export const EXECUTION_CHOICES = ['auto', ...EXECUTIONS] as const
export type ExecutionChoice = (typeof EXECUTION_CHOICES)[number]

/**
 * Why WebGPU cannot be used on this page; undefined if it can. ONNX Runtime's build for it needs JavaScript Promise
 * Integration.
 */
export async function findWebGpuProblem(): Promise<string | undefined> {
  if (!('Suspending' in WebAssembly)) return 'The browser has no JavaScript Promise Integration (JSPI).'
  // Undefined in browsers without WebGPU, whatever the types say.
  const gpu: GPU | undefined = navigator.gpu
  const adapter = await gpu?.requestAdapter().catch(() => null)
  return adapter == null ? 'The browser offers no WebGPU adapter.' : undefined
}
