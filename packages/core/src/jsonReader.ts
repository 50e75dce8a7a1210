import { describeValue, type ErrorCode, TurnwiseError } from './errors.js'
import { isRecord } from './json.js'

/** Reads the fields of a parsed JSON file; what is wrong is named by its path, such as `onnx.layers`. */
export class JsonReader {
  readonly #code: ErrorCode
  readonly #fileName: string
  readonly #path: readonly string[]
  readonly #value: Readonly<Record<string, unknown>>

  /** @throws TurnwiseError with `code` if `value` is no object */
  constructor(code: ErrorCode, fileName: string, value: unknown, path: readonly string[] = []) {
    if (!isRecord(value)) {
      const place = path.length === 0 ? fileName : `${path.join('.')} in ${fileName}`
      throw new TurnwiseError(code, `${place} is ${describeValue(value)}, expected an object.`, { value })
    }
    this.#code = code
    this.#fileName = fileName
    this.#path = path
    this.#value = value
  }

  keys(): string[] {
    return Object.keys(this.#value)
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#value, key) && this.#value[key] !== undefined
  }

  optional(key: string): unknown {
    return this.has(key) ? this.#value[key] : undefined
  }

  object(key: string): JsonReader {
    return new JsonReader(this.#code, this.#fileName, this.optional(key), [...this.#path, key])
  }

  string(key: string): string {
    const value = this.optional(key)
    if (typeof value !== 'string' || value === '') throw this.error(key, 'a text')
    return value
  }

  /** A text, or undefined where it is absent or null. */
  optionalString(key: string): string | undefined {
    return (this.optional(key) ?? undefined) === undefined ? undefined : this.string(key)
  }

  /** Texts, or undefined where they are absent or null. */
  optionalStrings(key: string): string[] | undefined {
    const value = this.optional(key) ?? undefined
    if (value === undefined) return undefined
    const areTexts = Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')
    if (!areTexts) throw this.error(key, 'an array of texts')
    return value
  }

  integer(key: string, minimum: number): number {
    const value = this.optional(key)
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum) {
      throw this.error(key, `a whole number from ${minimum}`)
    }
    return value
  }

  positive(key: string): number {
    const value = this.optional(key)
    if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value)) throw this.error(key, 'a number above 0')
    return value
  }

  choice<const Choices extends readonly string[]>(
    key: string,
    choices: Choices,
    code: ErrorCode = this.#code,
  ): Choices[number] {
    const value = this.string(key)
    if (!choices.includes(value)) throw this.error(key, choices.map((choice) => `"${choice}"`).join(' or '), code)
    return value
  }

  /** An error about a field, to throw. */
  error(key: string, expected: string, code: ErrorCode = this.#code): TurnwiseError {
    const value = this.optional(key)
    const path = [...this.#path, key].join('.')
    return new TurnwiseError(code, `${path} in ${this.#fileName} is ${describeValue(value)}, expected ${expected}.`, {
      value,
    })
  }
}
