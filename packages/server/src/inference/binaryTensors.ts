import { isRecord, TurnwiseError } from '@turnwise/core'

/** The header that says how much of a body is JSON; tensors in binary follow it. */
export const JSON_LENGTH_HEADER = 'inference-header-content-length'

/** The bytes before each element of a BYTES tensor: its length, little-endian. */
const LENGTH_BYTES = 4

/**
 * The JSON of a request, with the tensors that were sent in binary put into it as if they had been JSON too.
 *
 * @param jsonLength what {@link JSON_LENGTH_HEADER} says; undefined: all is JSON
 * @throws TurnwiseError INVALID_JSON, INVALID_REQUEST
 */
export function readInferBody(body: Buffer, jsonLength: string | undefined): unknown {
  if (jsonLength === undefined) return parseJson(body)
  const length = Number(jsonLength)
  if (!/^\d+$/.test(jsonLength) || length > body.length) throw invalid(`${JSON_LENGTH_HEADER} is wrong.`)
  const json = parseJson(body.subarray(0, length))
  let rest = body.subarray(length)
  for (const input of isRecord(json) && Array.isArray(json.inputs) ? json.inputs : []) {
    const size: unknown = isRecord(input) && isRecord(input.parameters) ? input.parameters.binary_data_size : undefined
    if (size === undefined) continue
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > rest.length) {
      throw invalid('binary_data_size is wrong.')
    }
    input.data = readElements(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  if (rest.length > 0) throw invalid('The body is longer than its tensors.')
  return json
}

/** A tensor of FP32, as its bytes. */
export function writeFloats(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes
}

function readElements(bytes: Buffer): string[] {
  const elements: string[] = []
  let start = 0
  while (start < bytes.length) {
    const from = start + LENGTH_BYTES
    const end = from <= bytes.length ? from + bytes.readUInt32LE(start) : Number.POSITIVE_INFINITY
    if (end > bytes.length) throw invalid('A BYTES tensor is cut off.')
    elements.push(bytes.toString('utf8', from, end))
    start = end
  }
  return elements
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new TurnwiseError('INVALID_JSON', 'The body is not valid JSON.')
  }
}

function invalid(problem: string): TurnwiseError {
  return new TurnwiseError('INVALID_REQUEST', problem)
}
