/** The file of the worker: a page starts it, and never imports it. */
import * as wasm from 'onnxruntime-web/wasm'
import { serveModel, type WorkerScope } from './serveModel.js'

serveModel(
  // The build with WebGPU is loaded where it is used; the threads of the other start from this very file.
  async (execution) => (execution === 'wasm' ? wasm : await import('onnxruntime-web/jspi')),
  self as unknown as WorkerScope,
)
