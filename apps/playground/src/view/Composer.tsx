import { useSignal } from '@preact/signals'
import { EXPECTATIONS, type ExpectationKind } from '@turnwise/web'
import { useRef } from 'preact/hooks'
import { findEars } from '../browser/ears.js'
import { findVoice } from '../browser/voice.js'
import type { Playground } from '../state/playground.js'

/** Where the user's words and the agent's are given. */
export function Composer({ playground }: { readonly playground: Playground }) {
  return (
    <section class="composer" aria-label="Say something">
      <UserLine playground={playground} />
      <AgentLine playground={playground} />
    </section>
  )
}

function UserLine({ playground: { live } }: { readonly playground: Playground }) {
  const isAgentSpeaking = live.isAgentSpeaking.value
  return (
    <form
      class="line user"
      onSubmit={(event) => {
        event.preventDefault()
        live.write(live.draft.value, true)
      }}
    >
      <label for="user-words">You</label>
      <input
        id="user-words"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="send"
        placeholder={isAgentSpeaking ? 'Talk over it' : 'Type what you say'}
        value={live.draft.value}
        onInput={(event) => live.write(event.currentTarget.value)}
      />
      <Microphone live={live} />
    </form>
  )
}

/** Words by the browser's own recogniser, where it has one. */
function Microphone({ live }: Pick<Playground, 'live'>) {
  const ears = findEars()
  const stop = useRef<(() => void) | undefined>(undefined)
  const isOn = useSignal(false)
  const notice = useSignal<string | undefined>(undefined)
  if (ears === undefined) return null

  function turnOn(): void {
    isOn.value = true
    stop.current = ears?.listen({
      onStart(isLocal) {
        notice.value = isLocal
          ? undefined
          : 'Your voice goes to this browser’s maker, which turns it into words. turnwise sees only the words.'
      },
      onWords: live.listen,
      onEnd(problem) {
        isOn.value = false
        notice.value = problem
      },
    })
  }

  function turnOff(): void {
    isOn.value = false
    notice.value = undefined
    stop.current?.()
  }

  return (
    <>
      <button
        type="button"
        aria-pressed={isOn.value}
        title="Speak instead of typing"
        onClick={() => (isOn.value ? turnOff() : turnOn())}
      >
        {isOn.value ? 'Listening' : 'Voice'}
      </button>
      {notice.value !== undefined && (
        <p class="notice" role="status">
          {notice.value}
        </p>
      )}
    </>
  )
}

function AgentLine({ playground: { live, stage, speaksAloud } }: { readonly playground: Playground }) {
  const isSpeaking = live.isAgentSpeaking.value
  const showsSettings = useSignal(false)
  return (
    <form
      class="line agent"
      onSubmit={(event) => {
        event.preventDefault()
        if (isSpeaking) live.stopAgent()
        else live.startAgent()
      }}
    >
      <label for="agent-words">Agent</label>
      <input
        id="agent-words"
        autocomplete="off"
        placeholder="What the agent says next"
        value={live.agentLine.value}
        onInput={(event) => {
          live.agentLine.value = event.currentTarget.value
        }}
      />
      <button
        type="button"
        class="fold"
        aria-label="Settings"
        aria-expanded={showsSettings.value}
        aria-controls="settings"
        onClick={() => {
          showsSettings.value = !showsSettings.value
        }}
      >
        ⋯
      </button>
      <button type="submit">{isSpeaking ? 'Silence it' : 'Say it'}</button>
      <div id="settings" class={showsSettings.value ? 'settings shown' : 'settings'}>
        <Check
          label="answers when it is its turn"
          isOn={live.answersItself.value}
          set={(isOn) => {
            live.answersItself.value = isOn
          }}
        />
        {findVoice() !== undefined && (
          <Check
            label="aloud"
            isOn={speaksAloud.value}
            set={(isOn) => {
              speaksAloud.value = isOn
            }}
          />
        )}
        <ExpectationChoice stage={stage} />
      </div>
    </form>
  )
}

function ExpectationChoice({ stage }: Pick<Playground, 'stage'>) {
  const steps = stage.beats.value.map(({ step }) => step)
  const last = steps.findLast((step) => step.kind === 'expect')
  return (
    <label class="select">
      has asked for
      <select
        value={last?.expect ?? ''}
        onChange={(event) => {
          const { value } = event.currentTarget
          const expect = value === '' ? undefined : (value as ExpectationKind)
          void stage.play({ kind: 'expect', pauseMs: 0, atMs: steps.at(-1)?.atMs ?? 0, expect })
        }}
      >
        <option value="">nothing special</option>
        {EXPECTATIONS.map((expectation) => (
          <option key={expectation}>{expectation}</option>
        ))}
      </select>
    </label>
  )
}

interface CheckProps {
  readonly label: string
  readonly isOn: boolean
  set(isOn: boolean): void
}

function Check({ label, isOn, set }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => set(event.currentTarget.checked)} />
      {label}
    </label>
  )
}
