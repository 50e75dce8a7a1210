import { useSignal } from '@preact/signals'
import type { Action } from '@turnwise/web'
import { benchmarkRow, GROUPS, type Group, possibleActions } from '../files/benchmarkRow.js'
import type { Beat } from '../stage/performance.js'
import { ACTION_TEXTS } from './actionTexts.js'
import { CopyButton } from './CopyButton.js'
import { Dialog } from './Dialog.js'

interface WrongDialogProps {
  readonly beat: Beat
  readonly onClose: () => void
}

/** Makes a benchmark row of a word at which the model was wrong. */
export function WrongDialog({ beat: { agentSpeaking, verdicts, messages }, onClose }: WrongDialogProps) {
  const given = verdicts[0]?.decision.action
  const answers = possibleActions(agentSpeaking)
  const action = useSignal<Action>(answers.find((each) => each !== given) ?? 'continue_listening')
  const group = useSignal<Group>('plain')
  const domain = useSignal('')
  const row = benchmarkRow({ messages, action: action.value, group: group.value, domain: domain.value.trim() })
  return (
    <Dialog title="It got it wrong" onClose={onClose}>
      <fieldset>
        <legend>What would have been right?</legend>
        {answers.map((answer) => (
          <label key={answer} class="check">
            <input
              type="radio"
              name="right"
              checked={answer === action.value}
              onChange={() => {
                action.value = answer
              }}
            />
            {ACTION_TEXTS[answer].verb}
            {answer === given && ' (what it did)'}
          </label>
        ))}
      </fieldset>
      <div class="fields">
        <label>
          What the row tests
          <select
            value={group.value}
            onChange={(event) => {
              group.value = event.currentTarget.value as Group
            }}
          >
            {GROUPS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          What the call is about
          <input
            value={domain.value}
            placeholder="car insurance"
            onInput={(event) => {
              domain.value = event.currentTarget.value
            }}
          />
        </label>
      </div>
      <pre data-testid="row">{row}</pre>
      <footer>
        <p>
          A row of the four-class benchmark. Nothing is sent: copy it into an issue, without anybody’s real name or
          number.
        </p>
        <CopyButton text={() => `${row}\n`} label="Copy the row" />
      </footer>
    </Dialog>
  )
}
