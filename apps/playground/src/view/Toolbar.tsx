import { POLICIES, type PolicyName } from '@turnwise/web'
import { testCase } from '../files/testCase.js'
import type { Playground } from '../state/playground.js'
import { POLICY_TEXTS } from './actionTexts.js'
import { CopyButton } from './CopyButton.js'

const NAMES = Object.keys(POLICIES) as PolicyName[]

/** What can be done with a conversation. */
export function Toolbar({ playground }: { readonly playground: Playground }) {
  const { stage, player } = playground
  const [policy = 'balanced', rival] = stage.policies.value
  const isEmpty = stage.cells.value.length === 0
  return (
    <div class="toolbar">
      <label class="select">
        Policy
        <select
          value={policy}
          onChange={(event) => void playground.judgeBy(event.currentTarget.value as PolicyName, rival)}
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
          value={rival ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget
            void playground.judgeBy(policy, value === '' ? undefined : (value as PolicyName))
          }}
        >
          <option value="">none</option>
          {NAMES.filter((name) => name !== policy).map((name) => (
            <option key={name} value={name}>
              {POLICY_TEXTS[name]}
            </option>
          ))}
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

function exportTestCase({ stage, detector }: Playground): void {
  const text = testCase(stage.script(), stage.beats.value, detector.manifest)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = 'turnwise-case.json'
  link.click()
  URL.revokeObjectURL(link.href)
}
