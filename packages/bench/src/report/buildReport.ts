import type { AccuracyResult } from '../accuracy/accuracyResult.js'
import type { LatencyResult } from '../latency/latencyResult.js'
import { loadNote } from '../latency/loadNote.js'
import type { ResultHeader } from '../results/resultHeader.js'
import type { StreamingResult } from '../streaming/streamingResult.js'
import { accuracyCharts } from './accuracyCharts.js'
import { accuracyTables } from './accuracyTables.js'
import { latencyCharts } from './latencyCharts.js'
import { latencyTables } from './latencyTables.js'
import { otherModelNote, sectionModels } from './modelNote.js'
import type { ReportChart } from './renderChart.js'
import { count, type ReportTable } from './reportTable.js'
import { streamingCharts } from './streamingCharts.js'
import { streamingTables } from './streamingTables.js'

/** What a report is made from; what was not measured is left out. */
export interface ReportResults {
  readonly accuracy?: AccuracyResult | undefined
  readonly streaming?: StreamingResult | undefined
  readonly latency?: LatencyResult | undefined
}

/** A part of a report: one result. */
export interface ReportSection {
  readonly title: string
  /** The command that makes it, where and with what it was made. */
  readonly paragraphs: readonly string[]
  readonly tables: readonly ReportTable[]
  readonly charts: readonly ReportChart[]
}

/** The sections of a report, of the results that are there. */
export function buildReport(results: ReportResults): ReportSection[] {
  const { accuracy, streaming, latency } = results
  const models = sectionModels(results)
  const sections: ReportSection[] = []
  if (accuracy !== undefined) {
    sections.push({
      title: 'Accuracy',
      paragraphs: [
        provenance('accuracy', accuracy),
        ...checksums(accuracy.sets.flatMap(({ systems }) => systems.map(({ system }) => system))),
        intervalNote(accuracy),
      ],
      tables: accuracyTables(accuracy),
      charts: accuracyCharts(accuracy),
    })
  }
  if (streaming !== undefined) {
    const { conversations, resamples } = streaming
    sections.push({
      title: 'Streaming',
      paragraphs: [
        provenance('streaming', streaming),
        ...checksums(streaming.turnEnds.flatMap(({ system }) => system ?? [])),
        ...stated(otherModelNote('Streaming', models)),
        `${conversations.length} conversations: ${conversations.join(', ')}.`,
        ...(resamples === undefined ? [] : [`${bootstrapNote(resamples)}, whole conversations.`]),
      ],
      tables: streamingTables(streaming),
      charts: streamingCharts(streaming),
    })
  }
  if (latency !== undefined) {
    sections.push({
      title: 'Latency',
      paragraphs: [
        provenance('latency', latency),
        ...checksums(latency.systems),
        ...stated(otherModelNote('Latency', models)),
        ...stated(loadNote(latency)),
      ],
      tables: latencyTables(latency),
      charts: latencyCharts(latency),
    })
  }
  return sections
}

function provenance(kind: string, { createdAt, machine, versions, seed }: ResultHeader): string {
  const { processor, cores, memoryBytes, platform } = machine
  const where = `${cores} ${cores === 1 ? 'core' : 'cores'} of ${processor}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${platform}`
  const what = `Node ${versions.node}, turnwise ${versions.turnwise}, ONNX Runtime ${versions.onnxruntime}`
  return `\`turnwise bench ${kind}\`, ${createdAt.slice(0, 10)}, on ${where}; ${what}; seed ${seed}.`
}

function checksums(systems: readonly { readonly name: string; readonly sha256?: string | undefined }[]): string[] {
  const known = new Map(systems.map(({ name, sha256 }) => [name, sha256]))
  const parts = [...known].flatMap(([name, sha256]) =>
    sha256 === undefined ? [] : [`${name} \`${sha256.slice(0, 16)}…\``],
  )
  return parts.length === 0 ? [] : [`SHA-256: ${parts.join(', ')}.`]
}

function intervalNote({ resamples, sets, skipped }: AccuracyResult): string {
  const isClustered = sets.some(({ clusters }) => clusters !== undefined)
  return [
    bootstrapNote(resamples),
    isClustered ? ', rows that depend on each other together.' : '.',
    skipped.length === 0 ? '' : ` Not at hand: ${skipped.map(({ name }) => name).join(', ')}.`,
  ].join('')
}

function bootstrapNote(resamples: number): string {
  return `Intervals: ${count(resamples)} drawings of the bootstrap`
}

function stated(note: string | undefined): string[] {
  return note === undefined ? [] : [note]
}
