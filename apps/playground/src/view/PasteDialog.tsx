import { useSignal } from '@preact/signals'
import { parseConversation } from '../script/parseConversation.js'
import type { Turn } from '../script/scenarios.js'
import { Dialog } from './Dialog.js'

const EXAMPLE = `agent: Which day suits you?
user: um so Monday is ... no Tuesday please
agent: Tuesday it is. I have ten o'clock and —
user: ten is perfect`

interface PasteDialogProps {
  readonly onClose: () => void
  play(turns: readonly Turn[]): void
}

/** A conversation from elsewhere, to be played. */
export function PasteDialog({ onClose, play }: PasteDialogProps) {
  const text = useSignal('')
  const problem = useSignal<string | undefined>(undefined)
  return (
    <Dialog title="Paste a conversation" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const turns = parseConversation(text.value)
          if (typeof turns === 'string') {
            problem.value = turns
            return
          }
          play(turns)
          onClose()
        }}
      >
        <p id="paste-help">
          A line a turn, or a JSON array of messages. “…” is a pause of the user. An agent’s line that ends in “—” is
          talked over. It stays in this page.
        </p>
        <textarea
          aria-label="Conversation"
          aria-describedby="paste-help"
          rows={9}
          placeholder={EXAMPLE}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value
            problem.value = undefined
          }}
        />
        {problem.value !== undefined && <p role="alert">{problem.value}</p>}
        <footer>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              text.value = EXAMPLE
            }}
          >
            Fill in the example
          </button>
          <button type="submit" class="primary">
            Play
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
