import { expect, test } from 'vitest'
import { createFakeDetector, LOGITS } from '../test/fakeApp.js'
import { playStory, type StoryEvent } from './playStory.js'
import { STORIES, type Story } from './stories.js'

async function play(story: Story, logits?: Parameters<typeof createFakeDetector>[0]): Promise<StoryEvent[]> {
  const { detector, model } = createFakeDetector(logits)
  const events: StoryEvent[] = []
  for await (const event of playStory(detector, story)) events.push(event)
  expect(model.openStates).toBe(0)
  return events
}

/** An event as a word, to compare. */
function brief(event: StoryEvent): string {
  if (event.kind === 'agent') return `${event.text}${event.isFinished ? '.' : '…'}`
  return event.kind === 'word' ? `${event.word}:${event.decision.action}` : `(${event.kind})`
}

test('the published example ends as published', () => {
  expect(STORIES[0]?.turns).toEqual([
    { speaker: 'user', phrases: ['I need help with my bill'] },
    { speaker: 'agent', text: 'Sure I can help with that what seems to be the issue' },
    { speaker: 'user', phrases: ['I was charged twice for the same order'] },
  ])
})

test('every word of the stories is decided about, whatever the model says', async () => {
  for (const story of STORIES) {
    const words = story.turns.flatMap((turn) =>
      turn.speaker === 'user' ? turn.phrases : (turn.overlaps ?? []).map(({ text }) => text),
    )
    for (const logits of Object.values(LOGITS)) {
      const played = (await play(story, () => logits)).flatMap((event) => (event.kind === 'word' ? event.word : []))
      expect(played).toEqual(words.flatMap((phrase) => phrase.split(' ')))
    }
  }
})

test('pauses keep the turn', async () => {
  const events = await play({ title: '', turns: [{ speaker: 'user', phrases: ['one', 'two'] }] }, (text) =>
    text.includes('one two') ? LOGITS.startSpeaking : LOGITS.continueListening,
  )
  expect(events.map(brief)).toEqual(['one:continue_listening', '(pause)', 'two:start_speaking'])
})

test('the agent speaks on after a backchannel and stops for an interruption', async () => {
  const story: Story = {
    title: '',
    turns: [
      {
        speaker: 'agent',
        text: 'one two three four',
        overlaps: [
          { afterWords: 1, text: 'mhm' },
          { afterWords: 3, text: 'wait no' },
        ],
      },
    ],
  }
  const interrupted = await play(story, (text) =>
    text.includes('wait no')
      ? LOGITS.startSpeaking
      : text.includes('wait')
        ? LOGITS.startListening
        : LOGITS.continueSpeaking,
  )
  expect(interrupted.map(brief)).toEqual([
    'one…',
    'mhm:continue_speaking',
    'one two three…',
    'wait:start_listening',
    '(stop)',
    'no:start_speaking',
  ])
  const ignored = await play(story, () => LOGITS.continueSpeaking)
  expect(ignored.map(brief).slice(-2)).toEqual(['no:continue_speaking', 'one two three four.'])
})
