import type { Action } from '@turnwise/web'

/** Each action has a shape of its own: colour alone would not do. */
const SHAPES: Readonly<Record<Action, string>> = {
  start_speaking: 'M3 2.5v11l10.5-5.5z',
  continue_listening: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm-1 3h1.8v3.4l2.6 2.2-1.1 1.4L7 8.7z',
  start_listening: 'M5 1.5h6l3.5 3.5v6L11 14.5H5L1.5 11V5z',
  continue_speaking: 'M1 3v10l6.5-5zm7 0v10l6.5-5z',
}

/** The sign of an action; whatever stands beside it has to name it. */
export function ActionIcon({ action }: { readonly action: Action }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[action]} />
    </svg>
  )
}
