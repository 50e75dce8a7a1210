/** The file of the worker: a page starts it, and never imports it. */
import * as runtime from 'onnxruntime-web/wasm'
import { serveModel, type WorkerScope } from './serveModel.js'

serveModel(runtime, self as unknown as WorkerScope)
