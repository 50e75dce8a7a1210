import { beforeAll, describe, expect, test } from 'vitest'
import { deriveManifest } from './deriveManifest.js'
import { TEMPLATES, type Template } from './manifest.js'
import { createPromptEncoder, endOf, type PromptEncoder } from './prompt.js'
import { caught } from './test/caught.js'
import { existsInRepository, type PromptFixture, readRepositoryJson } from './test/files.js'
import { processorTimeMs } from './test/processorTime.js'
import { createTokenizer, readAddedTokens } from './tokenizer.js'

type Json = Record<string, unknown>

function readModel(folder: string, template?: Template) {
  const tokenizerJson = readRepositoryJson(`${folder}/tokenizer.json`) as Json
  const manifest = deriveManifest(readRepositoryJson(`${folder}/config.json`), tokenizerJson)
  return createPromptEncoder(
    createTokenizer(tokenizerJson),
    manifest.tokens,
    manifest.maxTokens,
    template ?? manifest.template,
  )
}

const shippedModel = 'models/en'

/** Where fixtures/prompts.json has what each template makes of the messages. */
const TOKEN_IDS = {
  chatml: 'tokenIds',
  'chatml-plain-words': 'plainTokenIds',
  'chatml-spoken-words': 'spokenTokenIds',
  'chatml-counted-words': 'countedTokenIds',
  'chatml-asked-counts': 'askedTokenIds',
} as const satisfies Record<Template, keyof PromptFixture>

describe.skipIf(!existsInRepository(`${shippedModel}/tokenizer.json`))('the shipped tokenizer', () => {
  const fixtures = readRepositoryJson('fixtures/prompts.json') as PromptFixture[]
  const encoders = new Map<Template, PromptEncoder>()
  let prompts: PromptEncoder

  beforeAll(() => {
    for (const template of TEMPLATES) encoders.set(template, readModel(shippedModel, template))
    prompts = readModel(shippedModel, 'chatml')
  })

  describe.each(TEMPLATES)('%s', (template) => {
    test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', (_, fixture) => {
      const tokenIds = fixture[TOKEN_IDS[template]]
      expect(tokenIds).toBeDefined()
      expect(encoders.get(template)?.encode(fixture.messages)).toEqual(tokenIds)
    })
  })

  test('a million characters of anything take no time', () => {
    for (const text of ['word ', 'a', '漢字', '😀', '!?', '<|im_end|>', '1', '\n', 'a                    ']) {
      const content = text.repeat(1_000_000 / text.length)
      let length = 0
      const timeMs = processorTimeMs(() => {
        length = prompts.encode([{ role: 'user', content }]).length
      })
      // Far above what it takes, far below what encoding all of it would.
      expect(timeMs).toBeLessThan(1_000)
      expect(length).toBeLessThanOrEqual(1024)
    }
  })

  test('the end of a text that fills a prompt gives the same prompt, whatever follows', () => {
    const texts = [
      'The account, number 12345, is closed. ',
      'internationalization responsibilities ',
      '漢字かな',
      '... well, ',
      'four one 9 a ',
    ]
    expect(encoders.size).toBe(TEMPLATES.length)
    for (const each of encoders.values()) {
      for (const text of texts) {
        const long = text.repeat(5_000)
        const [whole, end] = [long, endOf(long, each.maxTokens)].map((settled) =>
          each.encode([{ role: 'user', content: `${settled} and so on` }]),
        )
        expect(end).toEqual(whole)
      }
    }
  })

  test('what is cut from a long text does not change what is left', () => {
    const texts = ['The account, number 12345, is closed. ', "don't-you'll ", '漢字かな', 'e\u0301 ', '  \n\n  y']
    for (const text of texts) {
      const long = prompts.encode([{ role: 'user', content: `${text.repeat(3_000)}end` }])
      const longer = prompts.encode([{ role: 'user', content: `${text.repeat(30_000)}end` }])
      expect(longer).toEqual(long)
      expect(long).toHaveLength(1024)
    }
  })
})

describe.each(['fused', 'published', 'qwen2'])('the tokenizer of the tiny %s model', (name) => {
  const folder = `fixtures/tiny/${name}`

  test('encodes as Python does', () => {
    const prompts = readModel(folder)
    const rows = readRepositoryJson(`${folder}/expected.json`) as PromptFixture[]
    for (const { messages, tokenIds } of rows) expect(prompts.encode(messages)).toEqual(tokenIds)
  })

  test('takes a word of any length', () => {
    const tokenizer = createTokenizer(readRepositoryJson(`${folder}/tokenizer.json`))
    expect(tokenizer.encode('龘'.repeat(70_000)).length).toBeGreaterThan(150_000)
  })

  test('never makes a special token of text', () => {
    const tokenizerJson = readRepositoryJson(`${folder}/tokenizer.json`) as Json
    const tokenizer = createTokenizer(tokenizerJson)
    const added = readAddedTokens(tokenizerJson)
    const ids = new Set(tokenizer.encode(added.map(({ content }) => `${content} a${content}`).join('')))
    for (const { id, content } of added) expect([content, ids.has(id)]).toEqual([content, false])
  })
})

describe('what Python cuts otherwise than @huggingface/tokenizers', () => {
  const bytes = 'Ġ½²ïÃ½¿»ĉaÂâĤĊ'.split('')
  const vocab = Object.fromEntries([...new Set(bytes), '½½', 'aÂ'].map((token, id) => [token, id]))
  const model = { type: 'BPE', vocab, merges: ['½ ½', 'a Â'] }

  function encode(text: string): string[] {
    const pre_tokenizer = {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Digits', individual_digits: true },
        { type: 'ByteLevel', add_prefix_space: false },
      ],
    }
    const ids = createTokenizer({ model, pre_tokenizer, added_tokens: [] }).encode(text)
    return ids.map((id) => Object.keys(vocab)[id] ?? '')
  }

  test('numbers that are no ASCII digits are alone', () => {
    expect(encode('½½')).toEqual(['Â', '½', 'Â', '½'])
    expect(encode('a½')).toEqual(['a', 'Â', '½'])
  })

  test('U+FEFF is no white space', () => {
    expect(encode('\ufeffa')).toEqual(['ï', '»', '¿', 'a'])
  })
})

describe('a tokenizer.json that cannot be used', () => {
  const right = readRepositoryJson('fixtures/tiny/fused/tokenizer.json') as Json & { model: Json }
  const change = (model: Json) => ({ ...right, model: { ...right.model, ...model } })

  test.each<[string, unknown, string]>([
    ['is null', null, 'INVALID_TOKENIZER'],
    ['is an array', [], 'INVALID_TOKENIZER'],
    ['has no model', { ...right, model: undefined }, 'INVALID_TOKENIZER'],
    ['has no vocabulary', change({ vocab: null }), 'INVALID_TOKENIZER'],
    ['has ids that are no numbers', change({ vocab: { a: 'b' } }), 'INVALID_TOKENIZER'],
    ['knows no bytes', change({ vocab: {}, merges: [] }), 'INVALID_TOKENIZER'],
    ['has merges of three', change({ merges: [['a', 'b', 'c']] }), 'INVALID_TOKENIZER'],
    ['has merges of unknown tokens', change({ merges: ['never heard'] }), 'INVALID_TOKENIZER'],
    ['has added tokens without ids', { ...right, added_tokens: [{ content: '<|x|>' }] }, 'INVALID_TOKENIZER'],
    ['has a broken normaliser', { ...right, normalizer: { type: 'Magic' } }, 'INVALID_TOKENIZER'],
    ['is WordPiece', change({ type: 'WordPiece' }), 'UNSUPPORTED_MODEL'],
    ['falls back to bytes', change({ byte_fallback: true }), 'UNSUPPORTED_MODEL'],
    ['has no pre-tokenizer', { ...right, pre_tokenizer: null }, 'UNSUPPORTED_MODEL'],
    ['is not byte-level', { ...right, pre_tokenizer: { type: 'Whitespace' } }, 'UNSUPPORTED_MODEL'],
    ['adds a space', { ...right, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }, 'UNSUPPORTED_MODEL'],
  ])('%s', (_, json, code) => {
    expect(caught(() => createTokenizer(json)).code).toBe(code)
  })
})
