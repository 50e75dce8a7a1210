import { useEffect, useRef } from 'preact/hooks'
import type { Cell, PauseCell, WordCell } from '../stage/score.js'
import type { Stage } from '../state/stage.js'
import { ACTION_TEXTS, areModelsCompared, judgeNames, percent, seconds } from './actionTexts.js'
import { ActionIcon } from './Icon.js'
import { Stream } from './Stream.js'

/** The name of an action is as wide as so many letters of the words above it. */
const NAME_LETTERS = 8

/** The timeline: two voices above, the model's mind below. */
export function Score({ stage }: { readonly stage: Stage }) {
  const cells = stage.cells.value
  const focus = stage.focus.value
  const judges = stage.judges.value
  const names = judgeNames(judges)
  const streams = areModelsCompared(judges) ? judges.length : 1

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
    <ol
      ref={list}
      class="score"
      data-lanes={judges.length}
      data-streams={streams}
      onKeyDown={move}
      aria-label="Timeline"
    >
      {cells.map((cell, place) =>
        cell.kind === 'pause' ? (
          <Pause key={`pause-${cell.index}`} cell={cell} names={names} />
        ) : (
          <Word
            key={cell.index}
            cell={cell}
            before={streamBefore(cells, place)}
            names={names}
            streams={streams}
            hasRoom={hasRoom(cells, place)}
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

/** Whether the name of an action may reach below the next words: nothing else is written there. */
function hasRoom(cells: readonly Cell[], place: number): boolean {
  let letters = 0
  for (const [distance, cell] of cells.slice(place, place + NAME_LETTERS).entries()) {
    if (distance > 0 && (cell.kind === 'pause' || cell.changes.includes(true))) return letters >= NAME_LETTERS
    if (cell.kind !== 'pause') letters += cell.word.length + 1
  }
  return true
}

interface WordProps {
  readonly cell: WordCell
  readonly before: WordCell | undefined
  /** Of the judges. */
  readonly names: readonly string[]
  /** How many models there are. */
  readonly streams: number
  readonly hasRoom: boolean
  readonly isFocus: boolean
  choose(index: number): void
}

function Word({ cell, before, names, streams, hasRoom, isFocus, choose }: WordProps) {
  const { kind, word, index, agentSpeaking, begins, ends, verdicts, changes, revised } = cell
  const states = [agentSpeaking && 'ribbon', begins && 'begins', ends, hasRoom && 'roomy']
  const classes = ['cell', kind, ...states].filter(Boolean).join(' ')
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
  const verbs = verdicts.map(({ decision: { action, confidence } }, lane) => {
    const name = verdicts.length > 1 ? `${names[lane]} ` : ''
    return `${name}${ACTION_TEXTS[action].verb}, ${percent(confidence)}`
  })
  const label = `${word}: ${verbs.join('; ')}${ends === 'stopped' ? '; the agent stops' : ''}`
  return (
    <li class={classes}>
      <button
        type="button"
        class="said"
        data-index={index}
        data-action={decision.action}
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
      {verdicts.slice(0, streams).map(({ decision: { probabilities } }, lane) => (
        <Stream
          key={names[lane]}
          lane={lane}
          from={before?.verdicts[lane]?.decision.probabilities ?? probabilities}
          to={probabilities}
        />
      ))}
      {verdicts.map(({ decision: { action } }, lane) => (
        <span key={names[lane]} class={`verdict ${action}`} data-lane={lane}>
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

/** A pause, with the wait that each judge had chosen for it. */
function Pause({ cell, names }: { readonly cell: PauseCell; readonly names: readonly string[] }) {
  const { durationMs, waitsMs } = cell
  return (
    <li class="cell pause" style={{ '--length': Math.min(durationMs, 3000) / 1000 }}>
      <span class="rest">{seconds(durationMs)}</span>
      {waitsMs.map((waitMs, lane) => {
        const isTaken = durationMs >= waitMs
        const text = isTaken ? `speaks after ${seconds(waitMs)}` : `waits ${seconds(waitMs)}`
        return (
          <span key={names[lane]} class={isTaken ? 'wait taken' : 'wait'} data-lane={lane}>
            <span class="unseen">Silence. {names[lane]} </span>
            {text}
          </span>
        )
      })}
    </li>
  )
}
