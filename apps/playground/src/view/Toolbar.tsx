import { POLICIES, type PolicyName } from '@turnwise/web'
import { testCase } from '../files/testCase.js'
import type { Judge } from '../stage/performance.js'
import type { Playground } from '../state/playground.js'
import { judgeNames, POLICY_TEXTS } from './actionTexts.js'
import { CopyButton } from './CopyButton.js'

const NAMES = Object.keys(POLICIES) as PolicyName[]

/** What `beside` can be, but for policies. */
const [NOBODY, SECOND_MODEL, OTHER_MODEL] = ['', 'model', 'other'] as const

interface ToolbarProps {
  readonly playground: Playground
  /** Asked for a model that is not there yet. */
  onOtherModel(): void
}

/** Who judges a conversation, and what can be done with it. */
export function Toolbar({ playground, onOtherModel }: ToolbarProps) {
  const { stage, player, detector, rivalDetector } = playground
  const [first, rival] = stage.judges.value
  const policy = first?.policy ?? 'balanced'
  const isModel = rival !== undefined && rival.detector !== detector
  const beside = isModel ? SECOND_MODEL : (rival?.policy ?? NOBODY)
  const second = rivalDetector.value
  const isEmpty = stage.cells.value.length === 0

  function rivalOf(value: string, policy: PolicyName): Judge | undefined {
    if (value === SECOND_MODEL) return second && { detector: second, policy }
    const found = NAMES.find((name) => name === value && name !== policy)
    return found && { detector, policy: found }
  }

  return (
    <div class="toolbar">
      <label class="select">
        Policy
        <select
          value={policy}
          onChange={(event) => {
            const chosen = event.currentTarget.value as PolicyName
            void playground.judgeBy(chosen, rivalOf(beside, chosen))
          }}
        >
          {NAMES.map((name) => (
            <option key={name} value={name}>
              {POLICY_TEXTS[name]}
            </option>
          ))}
        </select>
      </label>
      <label class="select">
        beside
        <select
          value={beside}
          onChange={({ currentTarget }) => {
            const { value } = currentTarget
            currentTarget.value = beside
            if (value === OTHER_MODEL) onOtherModel()
            else void playground.judgeBy(policy, rivalOf(value, policy))
          }}
        >
          <option value={NOBODY}>none</option>
          <optgroup label="Another policy">
            {NAMES.filter((name) => name !== policy).map((name) => (
              <option key={name} value={name}>
                {POLICY_TEXTS[name]}
              </option>
            ))}
          </optgroup>
          <optgroup label="Another model">
            {second !== undefined && (
              <option value={SECOND_MODEL}>
                {judgeNames([
                  { detector, policy },
                  { detector: second, policy },
                ]).at(1)}
              </option>
            )}
            <option value={OTHER_MODEL}>{second === undefined ? 'Choose a model…' : 'Choose yet another…'}</option>
          </optgroup>
        </select>
      </label>
      <div class="actions">
        {player.isPlaying.value ? (
          <>
            <button type="button" onClick={player.hurry}>
              To the end
            </button>
            <button type="button" onClick={player.stop}>
              Halt
            </button>
          </>
        ) : (
          <>
            <CopyButton label="Share" isDisabled={isEmpty} text={() => shareLink(playground)} />
            <button type="button" disabled={isEmpty} onClick={() => exportTestCase(playground)}>
              Export
            </button>
            <button type="button" disabled={isEmpty} onClick={playground.clear}>
              Clear
            </button>
          </>
        )}
      </div>
    </div>
  )
}

/** The link is in the address bar too, in case that copying is not allowed. */
function shareLink(playground: Playground): string {
  history.replaceState(undefined, '', `#${playground.link()}`)
  return location.href
}

function exportTestCase({ stage }: Playground): void {
  const text = testCase(stage.beats.value, stage.judges.value)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = 'turnwise-case.json'
  link.click()
  URL.revokeObjectURL(link.href)
}
