import { copyFile, cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ACTIONS, type Decision, type ErrorCode } from '@turnwise/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadDetector } from './loadDetector.js'
import { expectedRows, TINY_MODELS, tinyModel } from './test/fixtures.js'
import { temporaryFolder } from './test/temporaryFolder.js'

async function load(model: string) {
  const detector = await loadDetector({ model, threads: 1 })
  onTestFinished(() => detector.close())
  return detector
}

/** The logits up to a constant. */
function logitsOf({ probabilities }: Decision): number[] {
  return ACTIONS.map((action) => Math.log(probabilities[action]))
}

test.each(TINY_MODELS)('loads the tiny %s model from its folder and decides as Python does', async (name) => {
  const detector = await load(tinyModel(name))
  for (const { messages, logits: all, tokenIds } of expectedRows(name)) {
    const decision = await detector.predict(messages)
    const logits = all.slice(0, ACTIONS.length)
    const shift = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0))
    for (const [index, logit] of logitsOf(decision).entries()) {
      expect(Math.abs(logit - ((logits[index] ?? Number.NaN) - shift))).toBeLessThan(1e-3)
    }
    expect(decision.tokensRun).toBe(tokenIds.length)
  }
})

test('a session gives what predict gives, and runs only what is new', async () => {
  const detector = await load(tinyModel('fused'))
  const session = detector.openSession({ messages: [{ role: 'assistant', content: 'What is the issue?' }] })
  let text = ''
  for (const word of 'I was charged twice for the same order'.split(' ')) {
    text = `${text} ${word}`.trim()
    const decision = await session.hear(text)
    const expected = await detector.predict(session.messages, { agentSpeaking: false })
    for (const action of ACTIONS) {
      expect(decision.probabilities[action]).toBeCloseTo(expected.probabilities[action], 4)
    }
    if (text !== word) expect(decision.tokensRun).toBeLessThan(expected.tokensRun / 2)
  }
})

test('many at once give what each alone gives', async () => {
  const detector = await load(tinyModel('fused'))
  const requests = expectedRows('fused').map(({ messages }) => ({ messages }))
  const decisions = await detector.predictMany(requests)
  for (const [index, { messages }] of requests.entries()) {
    const alone = await detector.predict(messages)
    for (const action of ACTIONS) {
      expect(decisions[index]?.probabilities[action]).toBeCloseTo(alone.probabilities[action], 4)
    }
  }
})

describe('a broken model folder', () => {
  type Break = (folder: string) => Promise<unknown>
  const onnx = 'model.onnx'

  async function edit(path: string, change: (text: string) => string): Promise<void> {
    await writeFile(path, change(await readFile(path, 'utf8')))
  }

  async function flipByte(path: string): Promise<void> {
    const content = await readFile(path)
    content.writeUInt8(content.readUInt8(content.length - 100) ^ 0xff, content.length - 100)
    await writeFile(path, content)
  }

  test.each<[string, ErrorCode, Break]>([
    ['is not there', 'MODEL_NOT_FOUND', (folder) => rm(folder, { recursive: true })],
    [
      'is a file',
      'MODEL_NOT_FOUND',
      async (folder) => {
        await rm(folder, { recursive: true })
        await writeFile(folder, '')
      },
    ],
    ['has no graph', 'MODEL_FILE_MISSING', (folder) => rm(join(folder, onnx))],
    [
      'has a folder for a graph',
      'MODEL_FILE_MISSING',
      async (folder) => {
        await rm(join(folder, onnx))
        await mkdir(join(folder, onnx))
      },
    ],
    ['has no tokenizer', 'MODEL_FILE_MISSING', (folder) => rm(join(folder, 'tokenizer.json'))],
    ['has a truncated graph', 'MODEL_FILE_TRUNCATED', (folder) => truncate(join(folder, onnx), 1000)],
    ['has an empty graph', 'MODEL_FILE_TRUNCATED', (folder) => truncate(join(folder, onnx), 0)],
    ['has a truncated tokenizer', 'MODEL_FILE_TRUNCATED', (folder) => truncate(join(folder, 'tokenizer.json'), 99)],
    ['has a tampered graph', 'MODEL_FILE_TAMPERED', (folder) => flipByte(join(folder, onnx))],
    [
      'has a tampered tokenizer',
      'MODEL_FILE_TAMPERED',
      (folder) => edit(join(folder, 'tokenizer.json'), (text) => text.replace(/"Ġ/, '"ġ')),
    ],
    [
      'has a manifest that is no JSON',
      'INVALID_MANIFEST',
      (folder) => edit(join(folder, 'turnwise.json'), (text) => text.slice(1)),
    ],
    [
      'has a manifest without layers',
      'INVALID_MANIFEST',
      (folder) => edit(join(folder, 'turnwise.json'), (text) => text.replace('"layers"', '"depth"')),
    ],
    [
      'is of a later format',
      'UNSUPPORTED_MODEL',
      (folder) =>
        edit(join(folder, 'turnwise.json'), (text) => text.replace('"formatVersion": 1', '"formatVersion": 2')),
    ],
    [
      'has other numbers of heads than its graph',
      'MODEL_FAILED',
      (folder) => edit(join(folder, 'turnwise.json'), (text) => text.replace(/"headSize": \d+/, '"headSize": 3')),
    ],
  ])('%s: %s', async (_, code, breakFolder) => {
    const folder = join(await temporaryFolder(), 'model')
    await cp(tinyModel('fused'), folder, { recursive: true })
    await breakFolder(folder)
    await expect(loadDetector({ model: folder, threads: 1 })).rejects.toMatchObject({ name: 'TurnwiseError', code })
  })

  test.each<[string, ErrorCode, Break]>([
    ['none', 'MODEL_FILE_MISSING', (folder) => rm(join(folder, 'embeddings.bin'))],
    ['truncated ones', 'MODEL_FILE_TRUNCATED', (folder) => truncate(join(folder, 'embeddings.bin'), 1000)],
    ['tampered ones', 'MODEL_FILE_TAMPERED', (folder) => flipByte(join(folder, 'embeddings.bin'))],
  ])('that has weights beside its graph, and %s: %s', async (_, code, breakFolder) => {
    const folder = join(await temporaryFolder(), 'model')
    await cp(tinyModel('int8'), folder, { recursive: true })
    await (await load(folder)).close()
    await breakFolder(folder)
    await expect(loadDetector({ model: folder, threads: 1 })).rejects.toMatchObject({ name: 'TurnwiseError', code })
  })

  test.each<[string, ErrorCode, Break]>([
    ['has no configuration', 'MODEL_FILE_MISSING', (folder) => rm(join(folder, 'config.json'))],
    ['has no graph', 'MODEL_FILE_MISSING', (folder) => rm(join(folder, 'onnx'), { recursive: true })],
    [
      'has a configuration without layers',
      'INVALID_MODEL_CONFIG',
      (folder) => edit(join(folder, 'config.json'), (text) => text.replace('"num_hidden_layers"', '"x"')),
    ],
    [
      'has a configuration that is no JSON',
      'INVALID_MODEL_CONFIG',
      (folder) => writeFile(join(folder, 'config.json'), ''),
    ],
    [
      'has a tokenizer that is no JSON',
      'INVALID_TOKENIZER',
      (folder) => writeFile(join(folder, 'tokenizer.json'), '{'),
    ],
    [
      'has a tokenizer without the added tokens',
      'UNSUPPORTED_MODEL',
      (folder) => edit(join(folder, 'tokenizer.json'), (text) => text.replaceAll('<|predict|>', '<|predikt|>')),
    ],
    ['has a truncated graph', 'MODEL_FILE_INVALID', (folder) => truncate(join(folder, 'onnx/model_q8.onnx'), 1000)],
    [
      'has the graph of another form',
      'MODEL_FILE_INVALID',
      (folder) => copyFile(join(tinyModel('fused'), onnx), join(folder, 'onnx/model_q8.onnx')),
    ],
  ])('of the published form %s: %s', async (_, code, breakFolder) => {
    const folder = join(await temporaryFolder(), 'model')
    await cp(tinyModel('published'), folder, { recursive: true })
    await breakFolder(folder)
    await expect(loadDetector({ model: folder, threads: 1 })).rejects.toMatchObject({ name: 'TurnwiseError', code })
  })
})

test.each([
  [{ threads: 0 }, 'threads is 0'],
  [{ threads: 1.5 }, 'threads is 1.5'],
  [{ threads: 100_000 }, 'threads is 100000'],
  [{ runtime: 'python' as never }, 'runtime is "python"'],
  [{ maxCacheBytes: -1 }, 'maxCacheBytes is -1'],
  [{ maxQueuedRequests: 0 }, 'maxQueuedRequests is 0'],
  [{ model: '' }, 'model is ""'],
  [{ model: 7 as never }, 'model is 7'],
  [{ offline: 'yes' as never }, 'offline is "yes"'],
  [{ cacheDir: '' }, 'cacheDir is ""'],
  [{ hubEndpoint: 'ftp://hub' }, 'hubEndpoint is "ftp://hub"'],
])('refuses %j', async (options, problem) => {
  const loading = loadDetector({ model: tinyModel('fused'), ...options })
  await expect(loading).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining(problem) })
})

test('an aborted signal ends the loading', async () => {
  const signal = AbortSignal.abort(new Error('changed my mind'))
  await expect(loadDetector({ model: tinyModel('fused'), signal })).rejects.toMatchObject({ code: 'ABORTED' })
})
