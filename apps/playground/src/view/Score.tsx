import { useEffect, useRef } from 'preact/hooks'
import type { Cell, PauseCell, WordCell } from '../stage/score.js'
import type { Stage } from '../state/stage.js'
import { ACTION_TEXTS, POLICY_TEXTS, percent, seconds } from './actionTexts.js'
import { ActionIcon } from './Icon.js'
import { Stream } from './Stream.js'

/** The timeline: two voices above, the model's mind below. */
export function Score({ stage }: { readonly stage: Stage }) {
  const cells = stage.cells.value
  const focus = stage.focus.value
  const lanes = stage.policies.value.length

  const list = useRef<HTMLOListElement>(null)
  const newest = cells.at(-1)?.index
  // The page follows the words.
  useEffect(() => list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' }), [newest])

  /** Arrow keys go from word to word of the user; the score is one stop of the Tab key. */
  function move(event: KeyboardEvent): void {
    const words = cells.filter((cell) => cell.kind === 'user')
    const place = focus === undefined ? -1 : words.indexOf(focus)
    const target = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: words.length - 1 }[event.key]
    const next = target === undefined ? undefined : words[target]
    if (next === undefined) return
    event.preventDefault()
    stage.choose(next.index)
    list.current?.querySelector<HTMLElement>(`[data-index="${next.index}"]`)?.focus()
  }

  return (
    <ol ref={list} class="score" data-lanes={lanes} onKeyDown={move} aria-label="Timeline">
      {cells.map((cell, place) =>
        cell.kind === 'pause' ? (
          <Pause key={`pause-${cell.index}`} cell={cell} stage={stage} />
        ) : (
          <Word
            key={cell.index}
            cell={cell}
            before={streamBefore(cells, place)}
            isFocus={cell === focus}
            choose={stage.choose}
          />
        ),
      )}
    </ol>
  )
}

/** The user's word whose stream this one's goes on. */
function streamBefore(cells: readonly Cell[], place: number): WordCell | undefined {
  const before = cells[place - 1]
  return before?.kind === 'user' ? before : undefined
}

interface WordProps {
  readonly cell: WordCell
  readonly before: WordCell | undefined
  readonly isFocus: boolean
  choose(index: number): void
}

function Word({ cell, before, isFocus, choose }: WordProps) {
  const { kind, word, index, agentSpeaking, begins, ends, verdicts, changes, revised } = cell
  const classes = ['cell', kind, agentSpeaking && 'ribbon', begins && 'begins', ends].filter(Boolean).join(' ')
  const decision = verdicts[0]?.decision
  if (kind === 'agent' || decision === undefined) {
    return (
      <li class={classes}>
        <span class="said">
          {begins && <span class="unseen">Agent: </span>}
          {word}
        </span>
      </li>
    )
  }
  const { action, confidence, probabilities } = decision
  const stopped = ends === 'stopped' ? '; the agent stops' : ''
  const label = `${word}: ${ACTION_TEXTS[action].verb}, ${percent(confidence)}${stopped}`
  return (
    <li class={classes}>
      <button
        type="button"
        class="said"
        data-index={index}
        data-action={action}
        aria-label={label}
        aria-current={isFocus ? 'true' : undefined}
        tabIndex={isFocus ? 0 : -1}
        onClick={() => choose(index)}
        onFocus={() => choose(index)}
        onPointerEnter={() => choose(index)}
      >
        {word}
        {revised && <span class="revised" title="Heard differently at first" />}
      </button>
      <Stream from={before?.verdicts[0]?.decision.probabilities ?? probabilities} to={probabilities} />
      {verdicts.map(({ policy, decision: { action } }, lane) => (
        <span key={policy} class={`verdict ${action}`} data-lane={lane}>
          {changes[lane] && (
            <span class="change">
              <ActionIcon action={action} />
              {ACTION_TEXTS[action].verb}
            </span>
          )}
        </span>
      ))}
    </li>
  )
}

/** A pause, with the wait that each policy had chosen for it. */
function Pause({ cell, stage }: { readonly cell: PauseCell; readonly stage: Stage }) {
  const { durationMs, waitsMs } = cell
  return (
    <li class="cell pause" style={{ '--length': Math.min(durationMs, 3000) / 1000 }}>
      <span class="rest">{seconds(durationMs)}</span>
      {waitsMs.map((waitMs, lane) => {
        const isTaken = durationMs >= waitMs
        const policy = stage.policies.value[lane] ?? 'balanced'
        const text = isTaken ? `speaks after ${seconds(waitMs)}` : `waits ${seconds(waitMs)}`
        return (
          <span key={policy} class={isTaken ? 'wait taken' : 'wait'} data-lane={lane}>
            <span class="unseen">Silence. {POLICY_TEXTS[policy]} </span>
            {text}
          </span>
        )
      })}
    </li>
  )
}
