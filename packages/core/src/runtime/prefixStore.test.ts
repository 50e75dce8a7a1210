import { expect, test } from 'vitest'
import { createPrefixStore } from './prefixStore.js'

function setUp(maxBytes: number) {
  const dropped: number[] = []
  return { dropped, store: createPrefixStore(maxBytes, (id) => dropped.push(id)) }
}

test('finds the state that covers most, and leaves a token to run', () => {
  const { store } = setUp(100)
  store.add(1, [5, 6], 10)
  store.add(2, [5, 6, 7, 8], 10)
  store.add(3, [9], 10)
  expect(store.find([5, 6, 7, 1])).toEqual({ id: 2, tokenCount: 3 })
  expect(store.find([5, 6, 7, 8])).toEqual({ id: 2, tokenCount: 3 })
  expect(store.find([9, 5])).toEqual({ id: 3, tokenCount: 1 })
  expect(store.find([5])).toBeUndefined()
  expect(store.find([1, 5, 6])).toBeUndefined()
})

test('drops what was used longest ago', () => {
  const { store, dropped } = setUp(30)
  store.add(1, [1, 1], 10)
  store.add(2, [2, 2], 10)
  store.add(3, [3, 3], 10)
  store.find([1, 1, 1])
  store.add(4, [4, 4], 20)
  expect(dropped).toEqual([2, 3])
  expect(store.sizeBytes).toBe(30)
  expect(store.find([1, 1, 1])).toEqual({ id: 1, tokenCount: 2 })
})

test('keeps no state that is larger than the limit', () => {
  const { store, dropped } = setUp(30)
  store.add(1, [1, 1], 31)
  expect(dropped).toEqual([1])
  expect(store.sizeBytes).toBe(0)
})

test('dropping twice counts once', () => {
  const { store, dropped } = setUp(30)
  store.add(1, [1, 1], 10)
  store.drop(1)
  store.drop(1)
  expect(dropped).toEqual([1])
  expect(store.sizeBytes).toBe(0)
})
