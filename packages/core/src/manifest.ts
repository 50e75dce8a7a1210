import { ACTIONS, type Action } from './actions.js'
import { JsonReader } from './jsonReader.js'

/** The version of turnwise.json that this code reads. */
export const MANIFEST_FORMAT_VERSION = 1

/** The most tokens of a prompt that count; longer ones are cut on the left. */
export const MAX_TOKENS = 1024

/**
 * How the graph takes its inputs: `fused` works out positions itself and gives the logits of the last token of each
 * row; `published` takes position ids and gives logits at each token.
 */
const ONNX_FORMS = ['fused', 'published'] as const
export type OnnxForm = (typeof ONNX_FORMS)[number]

/**
 * How messages become a prompt: ChatML with their words as they are, or with the user's as {@link plainWords},
 * {@link spokenWords} or {@link countedWords} writes them; with asked counts, the latter is told what {@link lengthAskedBefore}
 * finds in the agent's words since the user spoke last.
 */
export const TEMPLATES = [
  'chatml',
  'chatml-plain-words',
  'chatml-spoken-words',
  'chatml-counted-words',
  'chatml-asked-counts',
] as const
export type Template = (typeof TEMPLATES)[number]

/** What the logits are over: the four actions in class order, or the whole vocabulary. */
const LOGITS_KINDS = ['actions', 'vocabulary'] as const
export type LogitsKind = (typeof LOGITS_KINDS)[number]

/** Size and checksum of a file of the model. */
export interface ManifestFile {
  /** Hexadecimal, lower case. */
  readonly sha256: string
  readonly sizeBytes: number
}

/** What turnwise.json says of a model, or what {@link deriveManifest} worked out. */
export interface Manifest {
  readonly formatVersion: typeof MANIFEST_FORMAT_VERSION
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly baseModel?: string
  readonly template: Template
  readonly tokens: {
    readonly messageStart: number
    readonly messageEnd: number
    readonly trigger: number
    readonly actions: Readonly<Record<Action, number>>
    /** Its logit is that of a yield, which a fused graph gives after those of the actions. Absent if it has none. */
    readonly yielded?: number
  }
  readonly maxTokens: number
  readonly onnx: {
    /** Path within the model folder, with forward slashes. */
    readonly file: string
    /** Files beside `file` that hold weights of it (ONNX's external data): whoever loads it needs them. */
    readonly dataFiles?: readonly string[]
    /** The same for WebGPU: a graph without weights, which are places in `file` and `dataFiles`. It needs the `fused` form. */
    readonly webgpuFile?: string
    readonly form: OnnxForm
    readonly layers: number
    readonly keyValueHeads: number
    readonly headSize: number
    readonly logits: LogitsKind
  }
  /** By path within the model folder. Empty where there is no turnwise.json. */
  readonly files: Readonly<Record<string, ManifestFile>>
  readonly calibration: {
    /** The logits are divided by it. */
    readonly temperature: number
  }
  /** Free-form summary of the training. */
  readonly training?: unknown
}

/**
 * Reads a parsed turnwise.json.
 *
 * @throws TurnwiseError INVALID_MANIFEST; UNSUPPORTED_MODEL if its format is newer or its template another
 */
export function parseManifest(json: unknown): Manifest {
  const root = new JsonReader('INVALID_MANIFEST', 'turnwise.json', json)
  const formatVersion = root.integer('formatVersion', 1)
  if (formatVersion !== MANIFEST_FORMAT_VERSION) {
    throw root.error('formatVersion', `${MANIFEST_FORMAT_VERSION}; a newer turnwise may read it`, 'UNSUPPORTED_MODEL')
  }
  const onnx = root.object('onnx')
  const tokens = root.object('tokens')
  const calibration = root.object('calibration')
  const onnxFile = readPath(onnx, 'file', onnx.string('file'))
  const dataFiles = onnx.optionalStrings('dataFiles')?.map((path) => readPath(onnx, 'dataFiles', path))
  const webgpuFile = onnx.optionalString('webgpuFile')
  const training = root.optional('training')
  const license = root.optionalString('license')
  const baseModel = root.optionalString('baseModel')
  return {
    formatVersion,
    name: root.string('name'),
    version: root.string('version'),
    ...(license === undefined ? {} : { license }),
    ...(baseModel === undefined ? {} : { baseModel }),
    template: root.choice('template', TEMPLATES, 'UNSUPPORTED_MODEL'),
    tokens: {
      messageStart: tokens.integer('messageStart', 0),
      messageEnd: tokens.integer('messageEnd', 0),
      trigger: tokens.integer('trigger', 0),
      actions: readActionTokens(tokens.object('actions')),
      ...(tokens.optional('yielded') === undefined ? {} : { yielded: tokens.integer('yielded', 0) }),
    },
    maxTokens: root.integer('maxTokens', 8),
    onnx: {
      file: onnxFile,
      ...(dataFiles === undefined ? {} : { dataFiles }),
      ...(webgpuFile === undefined ? {} : { webgpuFile: readPath(onnx, 'webgpuFile', webgpuFile) }),
      form: onnx.choice('form', ONNX_FORMS, 'UNSUPPORTED_MODEL'),
      layers: onnx.integer('layers', 1),
      keyValueHeads: onnx.integer('keyValueHeads', 1),
      headSize: onnx.integer('headSize', 1),
      logits: onnx.choice('logits', LOGITS_KINDS, 'UNSUPPORTED_MODEL'),
    },
    files: readFiles(root.object('files'), [
      onnxFile,
      ...(dataFiles ?? []),
      'tokenizer.json',
      ...(webgpuFile === undefined ? [] : [webgpuFile]),
    ]),
    calibration: { temperature: calibration.positive('temperature') },
    ...(training === undefined ? {} : { training }),
  }
}

/** One token id an action. */
function readActionTokens(actions: JsonReader): Record<Action, number> {
  const entries = ACTIONS.map((action) => [action, actions.integer(action, 0)] as const)
  return Object.fromEntries(entries) as Record<Action, number>
}

/** @throws TurnwiseError INVALID_MANIFEST also if a file that is loaded has no checksum */
function readFiles(files: JsonReader, needed: readonly string[]): Record<string, ManifestFile> {
  for (const path of needed) files.object(path)
  const entries = files.keys().map((path) => {
    const file = files.object(readPath(files, path, path))
    const sha256 = file.string('sha256')
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw file.error('sha256', '64 lower-case hexadecimal digits')
    return [path, { sha256, sizeBytes: file.integer('sizeBytes', 0) }] as const
  })
  return Object.fromEntries(entries)
}

/** A path inside the model folder: a manifest from elsewhere must not reach out of it. */
function readPath(reader: JsonReader, key: string, path: string): string {
  const parts = path.split('/')
  const escapes = parts.some((part) => part === '' || part === '.' || part === '..') || /[\\:\0]/.test(path)
  if (escapes) throw reader.error(key, 'a relative path inside the model folder')
  return path
}
