import { z } from 'zod'

/** The text that a flag or the environment holds, as a number if it is one. */
function readDigits(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
}

function whole(fallback: number, minimum: number, maximum: number, description: string) {
  const number = z.int().min(minimum).max(maximum).default(fallback)
  return z.preprocess(readDigits, number).describe(description)
}

function optionalWhole(description: string) {
  return z.preprocess(readDigits, z.int().min(1).optional()).describe(description)
}

function text(description: string) {
  return z.string().min(1).optional().describe(description)
}

/** A list, also as a text with commas. */
function list(description: string) {
  const items = z.array(z.string().min(1)).default([])
  return z
    .preprocess((value) => (typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value), items)
    .describe(description)
}

const onOff = z.preprocess(
  (value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value),
  z.boolean().default(false),
)

/** How much the server writes to its log. */
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const

/**
 * Every setting of the server: its flag, its environment variable, its name in the file, its default and its limits
 * all follow from this one schema.
 */
export const settingsSchema = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('the address to listen on; beyond this machine only with keys'),
  port: whole(8080, 0, 65_535, 'the port to listen on; 0: any free one'),
  model: text('a model folder, or a hub id owner/name; without it the bundled model'),
  threads: optionalWhole('threads for one decision; without it 2, or the cores there are'),
  runtime: z
    .enum(['auto', 'native', 'onnx'])
    .default('auto')
    .describe('what runs the model: native, ONNX Runtime (onnx), or the native one where it can (auto)'),
  spinning: onOff.describe('threads of ONNX Runtime wait awake: faster on a machine of its own, slower on any other'),
  maxCacheBytes: whole(2 ** 29, 0, 2 ** 40, 'memory for what sessions keep of their conversations'),
  keysFile: text('a file with a line `NAME sha256:HASH` for each key; it is read again when it changes'),
  keys: text('the same lines, with commas or line breaks between them'),
  tlsCertFile: text('the certificate chain, PEM; it is read again when it changes'),
  tlsKeyFile: text('the private key of the certificate, PEM'),
  allowedHosts: list(
    'names that the server is reached by, with commas between them; needed without keys, for all but localhost',
  ),
  corsOrigins: list('origins of web pages that may ask, with commas between them; * for all'),
  maxBodyBytes: whole(2 ** 20, 1024, 2 ** 30, 'the largest body of a request, and the largest message of a stream'),
  maxMessages: whole(1000, 1, 1_000_000, 'the most messages of a conversation'),
  maxConversations: whole(256, 1, 100_000, 'the most conversations of a request, and the most events'),
  maxRunning: whole(64, 1, 10_000, 'requests that are with the model at a time; the others wait'),
  maxWaiting: whole(256, 0, 1_000_000, 'requests that may wait; more are refused at once'),
  maxWaitMs: whole(
    1000,
    0,
    600_000,
    'how long a request may wait for the model, ms; what would for longer is refused at once',
  ),
  receiveMs: whole(10_000, 10, 600_000, 'how long a request may take to arrive, ms'),
  deadlineMs: whole(10_000, 1, 600_000, 'the longest that a request may take, ms'),
  requestsPerMinute: whole(
    0,
    0,
    1_000_000_000,
    'requests of a key (without keys, of an address) in a minute; 0: any number',
  ),
  maxSessions: whole(10_000, 1, 10_000_000, 'the most sessions open at a time'),
  maxKeySessions: optionalWhole(
    'of them, the most of one key; without it all, or half of them where there are keys of several names',
  ),
  maxKeyBytes: whole(2 ** 28, 1024, 2 ** 40, 'memory for the messages of all sessions of a key; without keys, of all'),
  resumeSecretsFile: text(
    'the secrets of resume tokens, a line each: the first seals, all open; it is read again when it changes',
  ),
  resumeSecrets: text('the same lines, with commas or line breaks between them; by default a secret of this process'),
  resumeMs: whole(86_400_000, 1000, 2 ** 40, 'how long a resume token can be used, ms'),
  sessionIdleMs: whole(600_000, 10, 2_000_000_000, 'a session that hears nothing for so long is closed, ms'),
  maxPending: whole(
    1024,
    1,
    1_000_000,
    'decisions that a stream may wait for; then it is not read until some have come',
  ),
  heartbeatMs: whole(15_000, 10, 3_600_000, 'how often a stream is asked whether it is there, ms'),
  drainMs: whole(5000, 0, 3_600_000, 'after SIGTERM, how long requests are still taken while readiness says no, ms'),
  playground: onOff.describe('the playground at /playground/: a page that anybody may open, without a key'),
  logLevel: z.enum(LOG_LEVELS).default('info').describe('how much is written to the log'),
})

/** Every setting with its value. */
export type Settings = z.output<typeof settingsSchema>

/** The name of a setting. */
export type SettingName = keyof Settings

export const SETTING_NAMES = Object.keys(settingsSchema.shape) as SettingName[]

/** What the settings are where nothing is said. */
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({})

/** `maxBodyBytes` → `max-body-bytes`. */
export function flagOf(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `maxBodyBytes` → `TURNWISE_MAX_BODY_BYTES`. */
export function variableOf(name: SettingName): string {
  return `TURNWISE_${flagOf(name).replaceAll('-', '_').toUpperCase()}`
}

/** What a setting is for, in a few words. */
export function describeSetting(name: SettingName): string {
  return settingsSchema.shape[name].description ?? ''
}
