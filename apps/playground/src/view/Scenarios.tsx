import { SCENARIOS, type Turn } from '../script/scenarios.js'

interface ScenariosProps {
  /** What is on the stage. */
  readonly played: readonly Turn[] | undefined
  readonly isDisabled: boolean
  play(turns: readonly Turn[]): void
  onPaste(): void
}

/** Conversations to watch. */
export function Scenarios({ isDisabled, played, play, onPaste }: ScenariosProps) {
  return (
    <nav class="scenarios" aria-label="Scenarios">
      <h2>Watch</h2>
      <ul>
        {SCENARIOS.map(({ id, title, hint, turns }) => (
          <li key={id}>
            <button
              type="button"
              disabled={isDisabled}
              aria-current={turns === played ? 'true' : undefined}
              onClick={() => play(turns)}
            >
              <b>{title}</b>
              <span>{hint}</span>
            </button>
          </li>
        ))}
        <li>
          <button type="button" disabled={isDisabled} onClick={onPaste}>
            <b>Your own…</b>
            <span>Paste a conversation.</span>
          </button>
        </li>
      </ul>
    </nav>
  )
}
