import { expect, test } from 'vitest'
import { askedLength } from './askedLength.js'

test.each([
  ['Your six-digit code, please?', 6],
  ['what are the last 4 digits of the card and when does it expire', 4],
  ["It's two letters, a dash and then six digits.", 8],
  ['the reference is a letter then five figures', 6],
  ['Two more digits, please.', 2],
  ['You gave me ten digits. And the reference, six characters?', 6],
  ['twenty digits', 20],
  ['40 characters', 40],
])('%j asks for %i', (said, length) => {
  expect(askedLength(said)).toBe(length)
})

test.each([
  'What is your number?',
  'Six or seven digits?',
  'At least eight characters, please.',
  'I only got nine digits.',
  'a letter',
  'one digit',
  '41 digits',
  'We sent you the letter in March.',
  'digits',
  '',
])('%j names no length', (said) => {
  expect(askedLength(said)).toBeUndefined()
})
