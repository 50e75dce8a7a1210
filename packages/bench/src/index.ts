export type { AccuracyResult, SetResult, SystemSetResult, View } from './accuracy/accuracyResult.js'
export { type AccuracyOptions, type RunProgress, runAccuracy } from './accuracy/runAccuracy.js'
export type { BenchmarkRow, Dataset } from './datasets/dataset.js'
export {
  DATASET_NAMES,
  type DatasetName,
  type DatasetSources,
  unknownSet,
} from './datasets/loadDataset.js'
export { DEFAULT_ACCURACY, DEFAULT_LATENCY, DEFAULT_SOAK, DEFAULT_STREAMING } from './defaults.js'
export type { LatencyResult, Spread } from './latency/latencyResult.js'
export { loadNote } from './latency/loadNote.js'
export { partsPath } from './latency/partStore.js'
export { type LatencyOptions, runLatency } from './latency/runLatency.js'
export { spreadOf } from './latency/spreadOf.js'
export { buildReport, type ReportResults, type ReportSection } from './report/buildReport.js'
export { compareResults } from './report/compareResults.js'
export { hasResult, readResults, resultPath } from './report/readResults.js'
export { renderHtml, renderMarkdown } from './report/renderReport.js'
export { type ReportTable, rowCount, toMarkdown } from './report/reportTable.js'
export { dropKept } from './results/keptLines.js'
export { assertWritable, writeOutput, writeResult } from './results/resultFile.js'
export type { Machine, ResultHeader, ResultKind, Versions } from './results/resultHeader.js'
export type { MeetingFiles } from './streaming/readMeetings.js'
export { runStreaming, type StreamingOptions } from './streaming/runStreaming.js'
export type { OverlapResult, PolicyPoint, StreamingResult, TurnEndResult } from './streaming/streamingResult.js'
export { type AnswerStore, answersPath, openAnswerStore } from './systems/answerStore.js'
export { closeSystems, loadSystems, type SystemChoice } from './systems/loadSystems.js'
export type { BenchmarkSystem, SystemAnswer, SystemFacts, SystemRow } from './systems/system.js'
