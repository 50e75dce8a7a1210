import type { ErrorEntry } from './errorEntry.js'
import { SERVER_ERRORS } from './serverErrors.js'

/** Every code that a {@link TurnwiseError} can carry. docs/errors.md lists the same, and a test compares the two. */
export const ERROR_CATALOGUE = {
  INVALID_MESSAGES: {
    meaning: 'The messages are not an array of objects with a role and a content.',
    remedy: "Pass an array such as [{ role: 'user', content: 'hello' }].",
  },
  NO_MESSAGES: {
    meaning: 'The conversation is empty.',
    remedy: "Pass at least one message; the last one must be the user's.",
  },
  UNKNOWN_ROLE: {
    meaning: 'The role of a message is none of system, user, assistant and tool.',
    remedy: 'Use one of system, user, assistant, tool.',
  },
  INVALID_CONTENT: {
    meaning: 'The content of a message, or a text given to a session, is not a string.',
    remedy: 'Pass plain text; join the parts of a multi-part message first.',
  },
  MALFORMED_TEXT: {
    meaning: 'A text holds a lone surrogate, half of a character: it is no valid Unicode.',
    remedy: 'Do not cut strings inside a character, or pass text.toWellFormed().',
  },
  MESSAGE_TOO_LONG: {
    meaning: 'A text is longer than any turn of a conversation (1,000,000 UTF-16 code units).',
    remedy: 'Pass the words of the conversation only. Texts below the limit are cut to the tokens that count.',
  },
  LAST_MESSAGE_NOT_USER: {
    meaning: "The last message is not the user's: there is nothing to decide about.",
    remedy: 'End the messages with what the user has said so far.',
  },
  INVALID_JSON: {
    meaning: 'The input is not JSON in UTF-8.',
    remedy: 'Pass valid JSON: one conversation, or with `turnwise predict --json` one on each line.',
  },
  INPUT_UNREADABLE: {
    meaning: 'The input does not exist or cannot be read.',
    remedy: 'Check the name of the file and that you may read it.',
  },
  INVALID_OPTION: {
    meaning: 'An option has a value outside its range.',
    remedy: 'Use a value within the range that the message names.',
  },
  ABORTED: {
    meaning: 'The signal given with the call was aborted.',
    remedy: 'Nothing is left behind; call again when the answer is wanted.',
  },
  OVERLOADED: {
    meaning:
      'As many requests wait for the model as may: maxQueuedRequests of a detector, maxWaiting or maxWaitMs of the server.',
    remedy: 'Ask again later (the server says when, retryAfterMs), or have fewer conversations in a process.',
  },
  DETECTOR_CLOSED: {
    meaning: 'The detector was used after close().',
    remedy: 'Load a new detector, or close it later.',
  },
  SESSION_CLOSED: {
    meaning: 'The session was used after close().',
    remedy: 'Open a new session, or close it later.',
  },
  INVALID_POLICY: {
    meaning: 'The policy of a session is unknown, lacks a number, or has one outside its range.',
    remedy: 'Use patient, balanced, eager or meeting, or change a copy of one of POLICIES.',
  },
  INVALID_SAVED_SESSION: {
    meaning: 'A saved session cannot be understood.',
    remedy: 'Pass what JSON.parse makes of JSON.stringify(session), of the same version of turnwise.',
  },
  INVALID_MANIFEST: {
    meaning: 'turnwise.json cannot be understood.',
    remedy: 'Restore the file that came with the model, or remove it for a model of the published form.',
  },
  INVALID_MODEL_CONFIG: {
    meaning: 'config.json cannot be understood.',
    remedy: 'Restore the file that came with the model.',
  },
  INVALID_TOKENIZER: {
    meaning: 'tokenizer.json cannot be understood.',
    remedy: 'Restore the file that came with the model.',
  },
  UNSUPPORTED_MODEL: {
    meaning: 'The model is of a kind that this version does not run.',
    remedy: 'Use a turn-taking model with the five added tokens and ChatML, or update turnwise.',
  },
  MODEL_NOT_FOUND: {
    meaning: 'There is no model at the given place.',
    remedy: 'Give the folder of a model, a hub id such as owner/name, or nothing for the bundled model.',
  },
  MODEL_UNREACHABLE: {
    meaning: "A file of the model could not be fetched, and the browser's cache has it not.",
    remedy: 'Check the network and the address; another origin must allow this page (CORS).',
  },
  MODEL_FILE_MISSING: {
    meaning: 'A file of the model is missing.',
    remedy: 'Restore the model folder, or download the model again.',
  },
  MODEL_FILE_TRUNCATED: {
    meaning: 'A file of the model does not have the size that turnwise.json states.',
    remedy: 'Download the model again; a download or a copy has probably broken off.',
  },
  MODEL_FILE_TAMPERED: {
    meaning: 'A file of the model does not have the SHA-256 checksum that turnwise.json states.',
    remedy: 'Do not use it. Download the model again from where you trust it.',
  },
  MODEL_FILE_INVALID: {
    meaning: 'ONNX Runtime cannot read the model file, or its inputs and outputs are not those expected.',
    remedy: 'Download or export the model again.',
  },
  MODEL_FAILED: {
    meaning: 'The model failed while it ran, or gave numbers that are not finite.',
    remedy: 'Look at the cause; if it stays, check the model with `turnwise model verify`.',
  },
  RUNTIME_UNAVAILABLE: {
    meaning:
      'What should run the model could not be loaded on this machine or in this browser, or does not run this model.',
    remedy:
      'Do not ask for the native runtime where it is not (runtime: auto or onnx). The installation of onnxruntime-node ' +
      'may have failed, which npm does not say: repeat it with `ONNXRUNTIME_NODE_INSTALL=skip npm install`, on a ' +
      'platform that it supports: Linux (glibc), macOS, Windows; x64 or arm64. ' +
      'In a browser: docs/web.md says what a page needs.',
  },
  HUB_NOT_FOUND: {
    meaning: 'The model hub has no such model or data set, revision or file.',
    remedy: 'Check the spelling of owner/name and the revision.',
  },
  HUB_ACCESS_DENIED: {
    meaning: 'The model hub asks for a login: what is asked for is private or gated, or its name is misspelled.',
    remedy: 'Check the name, or pass a token that may read it (option hubToken or HF_TOKEN).',
  },
  HUB_UNREACHABLE: {
    meaning: 'The model hub could not be reached and what is asked for is not in the cache.',
    remedy: 'Check the network, or use the bundled model or a local folder.',
  },
  HUB_FAILED: {
    meaning: 'The model hub answered with an error or with something that cannot be understood.',
    remedy: 'Try again later.',
  },
  OFFLINE: {
    meaning: 'Offline mode was asked for and the model or data set is not complete in the cache.',
    remedy: 'Download it once with a network, or use the bundled model or a local folder.',
  },
  DOWNLOAD_INCOMPLETE: {
    meaning: 'A download broke off again and again.',
    remedy: 'Try again: the next attempt goes on where this one stopped.',
  },
  DOWNLOAD_CORRUPT: {
    meaning: 'A downloaded file does not have the size or checksum that the hub states.',
    remedy: 'Try again; the broken file has been removed.',
  },
  CACHE_BUSY: {
    meaning: 'Another process holds the lock of the model cache for too long.',
    remedy: 'Wait for the other download, or remove the lock file that the message names.',
  },
  CACHE_UNUSABLE: {
    meaning: 'The folder of the model cache cannot be written.',
    remedy: 'Choose another folder with the option cacheDir or TURNWISE_CACHE.',
  },
  DATASET_NOT_FOUND: {
    meaning: "A benchmark's data is not there.",
    remedy: 'Name the folder or file that holds it; docs/bench.md says where each set comes from.',
  },
  INVALID_DATASET: {
    meaning: "A row, a column or the number of rows of a benchmark's data is not what it should be.",
    remedy: 'Get the file again from its publisher, or correct the row that the message names.',
  },
  INVALID_RESULT: {
    meaning: 'A result of a benchmark cannot be understood.',
    remedy: 'Run `turnwise bench` of the same version again to make it.',
  },
  OUTPUT_UNWRITABLE: {
    meaning: 'A result or a report cannot be written.',
    remedy: 'Choose another place (--out, or --markdown and --html of a report), and check that there is room.',
  },
  REMOTE_FAILED: {
    meaning: 'A system that is asked over HTTP did not answer, or with something that cannot be understood.',
    remedy: 'Check its address and key, and that it answers as docs/http.md or docs/bench.md says.',
  },
  PYTHON_FAILED: {
    meaning: 'The Python that a benchmark was told to time files with did not do it.',
    remedy: 'Check the command of --python: it needs numpy and onnxruntime, for --torch also torch and transformers.',
  },
  ...SERVER_ERRORS,
} as const satisfies Record<string, ErrorEntry>

/** The code of a {@link TurnwiseError}. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE

/** What a {@link TurnwiseError} is made from, beside its code. */
export interface TurnwiseErrorOptions {
  /** The value that was wrong. Never a text of the conversation: those are private. */
  readonly value?: unknown
  /** The error beneath. */
  readonly cause?: unknown
}

/** The one class of errors that turnwise throws. Tell them apart by `code`, never by the message. */
export class TurnwiseError extends Error {
  override readonly name = 'TurnwiseError'
  readonly code: ErrorCode
  /** What went wrong this time; the message is this and the remedy. */
  readonly problem: string
  /** The value that was wrong, where there is one. Never a text of the conversation. */
  readonly value: unknown

  /**
   * @param code from {@link ERROR_CATALOGUE}
   * @param problem what went wrong this time, a sentence; what to do is added from the catalogue
   */
  constructor(code: ErrorCode, problem: string, options: TurnwiseErrorOptions = {}) {
    super(`${problem} ${ERROR_CATALOGUE[code].remedy}`, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.problem = problem
    this.value = options.value
  }

  /** What to do about it. */
  get remedy(): string {
    return ERROR_CATALOGUE[this.code].remedy
  }
}

/** As {@link describeValue}, but a text is not quoted: given by mistake, it is what somebody said. */
export function describeUnquoted(value: unknown): string {
  return typeof value === 'string' ? 'a text' : describeValue(value)
}

/** A short, quoted rendering of a wrong value for a message. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (value === null || ['undefined', 'number', 'boolean', 'bigint'].includes(typeof value)) return String(value)
  return Array.isArray(value) ? `an array of ${value.length}` : `a value of type ${typeof value}`
}
