/** What the runtimes for Node and for browsers share: how a graph is fed, asked from another thread, and kept busy. */
export type { DownloadProgress } from './runtime/downloadProgress.js'
export { createGraph, type Graph, type GraphSession } from './runtime/graph.js'
export { connectGraph, type GraphConnection, type GraphLink } from './runtime/graphConnection.js'
export { createFeeds, type GraphTensor, type InputPast, type TensorMaker } from './runtime/graphFeeds.js'
export type { GraphReply, GraphRequest, GraphRun, GraphRunResult } from './runtime/graphMessages.js'
export { createGraphModel, type GraphModelOptions } from './runtime/graphModel.js'
export { createModelPool } from './runtime/modelPool.js'
export { type GraphPort, serveGraph } from './runtime/serveGraph.js'
