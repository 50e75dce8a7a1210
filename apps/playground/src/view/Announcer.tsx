import { useEffect, useState } from 'preact/hooks'
import type { Stage } from '../state/stage.js'
import { ACTION_TEXTS, percent } from './actionTexts.js'

/** A change that does not last so long is not announced, ms: speech would never catch up. */
const SETTLED_MS = 600

/** Tells assistive technology when the action changes, and not at every word. */
export function Announcer({ stage }: { readonly stage: Stage }) {
  const [text, setText] = useState('')
  const decision = stage.beats.value.findLast(({ verdicts }) => verdicts.length > 0)?.verdicts[0]?.decision
  const action = decision?.action
  const isOver = stage.silence.value?.isOver === true
  const said = isOver ? 'Silence is over: the agent speaks.' : decision && sentence(decision)
  // Not `said`: its percentage changes at every word.
  useEffect(() => {
    const timer = setTimeout(() => setText(said ?? ''), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [action, isOver])
  return (
    <p class="unseen" role="status" aria-live="polite">
      {text}
    </p>
  )
}

function sentence({ action, confidence }: { action: keyof typeof ACTION_TEXTS; confidence: number }): string {
  const { verb, meaning } = ACTION_TEXTS[action]
  return `${verb}, ${percent(confidence)}. ${meaning}`
}
