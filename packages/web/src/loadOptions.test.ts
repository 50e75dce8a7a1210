import { expect, test } from 'vitest'
import { type LoadOptions, resolveLoadOptions } from './loadOptions.js'

const BROWSER = { baseUrl: 'https://site.test/app/index.html', cores: 8, isIsolated: true }

test.each([
  ['/models/en', 'https://site.test/models/en/'],
  ['models/en/', 'https://site.test/app/models/en/'],
  ['https://cdn.test/en?v=1#top', 'https://cdn.test/en/'],
  [new URL('https://cdn.test/'), 'https://cdn.test/'],
])('the model %s is at %s', (model, expected) => {
  expect(resolveLoadOptions({ model }, BROWSER).model).toBe(expected)
})

test('the model can be files', () => {
  const model = [new File([], 'turnwise.json')]
  expect(resolveLoadOptions({ model }, BROWSER).model).toBe(model)
})

test.each([
  [1, true, 1],
  [2, true, 2],
  [3, true, 2],
  [6, true, 3],
  [16, true, 4],
  [16, false, 1],
])('a processor with %i cores, isolated %s: %i threads', (cores, isIsolated, expected) => {
  expect(resolveLoadOptions({ model: '/en' }, { ...BROWSER, cores, isIsolated }).threads).toBe(expected)
})

test.each<[LoadOptions, string]>([
  [{ model: '' }, 'model is ""'],
  [{ model: 7 as never }, 'model is 7'],
  [{ model: ['turnwise.json'] as never }, 'model is'],
  [{ model: 'ftp://site.test/en' }, 'model is "ftp://site.test/en"'],
  [{ model: 'https://' }, 'model is "https://"'],
  [{ model: '/en', execution: 'cuda' as never }, 'execution is "cuda", expected auto, wasm, webgpu'],
  [{ model: '/en', threads: 0 }, 'threads is 0, expected 1 to 8, the cores'],
  [{ model: '/en', threads: 9 }, 'threads is 9'],
  [{ model: '/en', maxCacheBytes: -1 }, 'maxCacheBytes is -1'],
  [{ model: '/en', maxQueuedRequests: 0 }, 'maxQueuedRequests is 0'],
])('refuses %j', (options, problem) => {
  expect(() => resolveLoadOptions(options, BROWSER)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(problem) }),
  )
})

test('threads need a page that is cross-origin isolated', () => {
  const resolve = () => resolveLoadOptions({ model: '/en', threads: 2 }, { ...BROWSER, isIsolated: false })
  expect(resolve).toThrow('expected 1 to 1, since the page is not cross-origin isolated')
})
