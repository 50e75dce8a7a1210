/** What the runtimes for Node and for browsers share: how a graph is fed, asked from another thread, and kept busy. */
export { checkOption, isWhole } from './runtime/checkOption.js'
export type { DownloadProgress } from './runtime/downloadProgress.js'
export { createGraph, type Graph, type GraphSession } from './runtime/graph.js'
export { connectGraph, type GraphConnection, type GraphLink } from './runtime/graphConnection.js'
export { createFeeds, type GraphTensor, type InputPast, keyValueNames, type TensorMaker } from './runtime/graphFeeds.js'
export type {
  GraphReply,
  GraphRequest,
  GraphRow,
  GraphRowResult,
  RowSharing,
  StatePart,
} from './runtime/graphMessages.js'
export { createGraphModel, type GraphModelOptions } from './runtime/graphModel.js'
export type { ModelObserver, ModelRun } from './runtime/modelObserver.js'
export { type GraphPort, serveGraph } from './runtime/serveGraph.js'
