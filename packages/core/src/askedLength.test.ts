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
  ['an IBAN has twenty-two characters', 22],
  ['ten characters, two letters and eight digits', 10],
  ['Six digits. Six digits, please.', 6],
  ['three letters, three digits', 6],
  ['two letters, six numbers and another letter', 9],
  ['We sent you a letter with a six-digit code.', 6],
  ['Just the last four of your Social, please?', 4],
  ["and the first three of the parrot's ring, if you have it", 3],
  ['The last six on your boarding pass?', 6],
  ['And the last four, please?', 4],
  ['What are the last four digits of your sixteen-digit card?', 4],
  ['The first six of the twelve digits?', 6],
])('%j asks for %i', (said, length) => {
  expect(askedLength(said)).toBe(length)
})

test.each([
  'What is your number?',
  'Six or seven digits?',
  'At least eight characters, please.',
  'I only got nine digits.',
  '6-8 characters',
  'Between six and eight digits.',
  'Eight characters or more.',
  'I have five digits so far.',
  'Four one seven, last digit?',
  'So I have 4 1 7. Remaining digits?',
  'a letter',
  'one digit',
  '41 digits',
  'We sent you the letter in March.',
  'digits',
  'Which of the last four of your orders was it?',
  'The last four have been paid.',
  'The first one of it?',
  '',
])('%j names no length', (said) => {
  expect(askedLength(said)).toBeUndefined()
})
