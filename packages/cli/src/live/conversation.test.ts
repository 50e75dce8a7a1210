import { expect, test } from 'vitest'
import { createFakeDetector, LOGITS } from '../test/fakeApp.js'
import { createConversation } from './conversation.js'

function setUp() {
  const seen: string[] = []
  const { detector, model } = createFakeDetector((text) => {
    seen.push(text.replaceAll('\n', ' ').trim())
    const said = text.slice(text.lastIndexOf('user\n'))
    return said.includes('wait') ? LOGITS.startListening : LOGITS.continueSpeaking
  })
  return { conversation: createConversation(detector), model, seen }
}

const wordEnd = { isWordEnd: true }

test('lines of a turn are heard together until the agent speaks', async () => {
  const { conversation, seen } = setUp()
  conversation.settle('wait', await conversation.hear('wait', wordEnd))
  conversation.settle('a moment', await conversation.hear('a moment', wordEnd))
  conversation.startAgent('yes')
  conversation.finishAgent()
  await conversation.hear('thanks', wordEnd)
  expect(seen).toEqual(['user wait', 'user wait a moment', 'user wait a moment assistant yes user thanks'])
})

test('the agent says word by word', () => {
  const { conversation } = setUp()
  expect(conversation.agentText).toBeUndefined()
  expect(conversation.revealWord()).toBeUndefined()
  conversation.startAgent(' Your  balance is ')
  expect(conversation.agentText).toBe('Your')
  expect(conversation.revealWord()).toBeUndefined()
  expect(conversation.agentText).toBe('Your balance')
  conversation.revealAll()
  expect(conversation.agentText).toBe('Your balance is')
  expect(conversation.revealWord()).toBe('Your balance is')
  expect(conversation.agentText).toBeUndefined()
})

test('a backchannel lets the agent speak on and leaves no trace', async () => {
  const { conversation, seen } = setUp()
  conversation.startAgent('Your balance is forty two')
  const heard = await conversation.hear('uh huh', wordEnd)
  expect(heard).toMatchObject({ decision: { action: 'continue_speaking' }, agentSpeaking: true })
  expect(heard.stoppedAgent).toBeUndefined()
  conversation.settle('uh huh', heard)
  conversation.finishAgent()
  await conversation.hear('thanks', wordEnd)
  expect(seen.at(-1)).toBe('assistant Your user thanks')
})

test('an interruption stops the agent at the end of a word, not inside one', async () => {
  const { conversation, seen } = setUp()
  conversation.startAgent('Your balance is forty two')
  conversation.revealWord()
  expect((await conversation.hear('wait', { isWordEnd: false })).stoppedAgent).toBeUndefined()
  expect(conversation.agentText).toBe('Your balance')
  const heard = await conversation.hear('wait', wordEnd)
  expect(heard).toMatchObject({ agentSpeaking: true, stoppedAgent: 'Your balance' })
  expect(conversation.agentText).toBeUndefined()
  conversation.settle('wait', heard)
  await conversation.hear('my card', wordEnd)
  expect(seen.at(-1)).toBe('assistant Your balance user wait my card')
})

test('reset forgets, close frees', async () => {
  const { conversation, seen, model } = setUp()
  conversation.settle('wait', await conversation.hear('wait', wordEnd))
  conversation.startAgent('Yes')
  await conversation.reset()
  expect(conversation.agentText).toBeUndefined()
  await conversation.hear('hello', wordEnd)
  expect(seen.at(-1)).toBe('user hello')
  await conversation.close()
  expect(model.openStates).toBe(0)
})
