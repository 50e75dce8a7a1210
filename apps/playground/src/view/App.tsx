import { useSignal } from '@preact/signals'
import { EXECUTION_CHOICES, type Execution, type ExecutionChoice, type WebDetector } from '@turnwise/web'
import type { Model } from '../state/model.js'
import type { Playground } from '../state/playground.js'
import { Announcer } from './Announcer.js'
import { judgeNames, modelName } from './actionTexts.js'
import { Composer } from './Composer.js'
import { ModelDialog } from './ModelDialog.js'
import { ModelNotice } from './ModelNotice.js'
import { NothingYet, Now } from './Now.js'
import { PasteDialog } from './PasteDialog.js'
import { Scenarios } from './Scenarios.js'
import { Score } from './Score.js'
import { ThemeSwitch } from './ThemeSwitch.js'
import { Toolbar } from './Toolbar.js'
import { WrongDialog } from './WrongDialog.js'

/** Where the page looks for its model: beside itself, on the same origin. */
export const OWN_MODEL = 'model/'

interface AppProps {
  readonly model: Model
  /** There as soon as the model is. */
  readonly playground: Playground | undefined
  /** Something to be told at the start. */
  readonly notice: string | undefined
  /** Has the model run on something else. */
  runOn(execution: ExecutionChoice): void
}

const EXECUTION_TEXTS: Readonly<Record<Execution, string>> = { wasm: 'WebAssembly', webgpu: 'WebGPU' }

export function App({ model, playground, notice, runOn }: AppProps) {
  const open = useSignal<'paste' | 'wrong' | 'model' | undefined>(undefined)
  const close = () => {
    open.value = undefined
  }
  const stage = playground?.stage
  const focus = stage?.focus.value
  const wrongBeat = focus === undefined ? undefined : stage?.beats.value[focus.index]

  return (
    <>
      <header class="masthead">
        <h1>
          <svg class="mark" viewBox="0 0 24 16" aria-hidden="true">
            <path class="continue_speaking" d="M2 4h11" />
            <path class="start_speaking" d="M9 12h13" />
          </svg>
          turnwise
        </h1>
        <p>Whose turn is it? Decided at every word, on your device.</p>
        <ThemeSwitch />
      </header>
      <Scenarios
        isDisabled={playground === undefined}
        played={playground?.played.value}
        play={(turns) => playground?.playTurns(turns)}
        onPaste={() => {
          open.value = 'paste'
        }}
      />
      <main>
        {notice !== undefined && (
          <p class="notice" role="alert">
            {notice}
          </p>
        )}
        {playground === undefined ? (
          <section class="stave" aria-label="Model">
            <ModelNotice status={model.status.value} onRetry={() => void model.load(OWN_MODEL)} />
          </section>
        ) : (
          <>
            <Toolbar
              playground={playground}
              onOtherModel={() => {
                open.value = 'model'
              }}
            />
            <Stave playground={playground} />
            <Composer playground={playground} />
            <Announcer stage={playground.stage} />
          </>
        )}
      </main>
      <aside>
        {stage === undefined ? (
          <NothingYet verb={model.status.value.kind === 'failed' ? 'No model' : 'In a moment'} />
        ) : (
          <Now
            stage={stage}
            onWrong={() => {
              open.value = 'wrong'
            }}
          />
        )}
      </aside>
      <Colophon model={model} runOn={runOn} />
      {open.value === 'paste' && <PasteDialog onClose={close} play={(turns) => playground?.playTurns(turns)} />}
      {open.value === 'model' && playground !== undefined && <ModelDialog playground={playground} onClose={close} />}
      {open.value === 'wrong' && wrongBeat !== undefined && <WrongDialog beat={wrongBeat} onClose={close} />}
    </>
  )
}

function Stave({ playground: { stage } }: { readonly playground: Playground }) {
  return (
    <section class="stave" aria-label="Conversation">
      {stage.problem.value !== undefined && <p role="alert">{stage.problem.value}</p>}
      {stage.cells.value.length === 0 ? (
        <div class="invitation">
          <p class="large">Say something, word by word.</p>
          <p>
            Type below, and pause. The agent answers when it is its turn; go on typing to talk over it. Or watch one of
            the scenarios.
          </p>
        </div>
      ) : (
        <>
          <Score stage={stage} />
          <Legend names={judgeNames(stage.judges.value)} />
        </>
      )}
    </section>
  )
}

/** @param names of the judges */
function Legend({ names }: { readonly names: readonly string[] }) {
  return (
    <p class="legend">
      <span class="swatch">agent</span>
      <b>you</b>
      <span>below: the four probabilities as they flow, and the action</span>
      {names.length > 1 && (
        <span>
          first <b>{names[0]}</b>, then <b>{names[1]}</b>
        </span>
      )}
    </p>
  )
}

function Colophon({ model, runOn }: Pick<AppProps, 'model' | 'runOn'>) {
  const status = model.status.value
  return (
    <footer class="colophon">
      <p>
        turnwise sends nothing: the model runs here, and a shared link holds the conversation in the part that browsers
        do not send.
      </p>
      {status.kind === 'ready' && <p>{describe(status.detector)}</p>}
      <label class="select">
        Runs on
        <select
          value={model.execution.value}
          disabled={status.kind === 'loading'}
          onChange={(event) => runOn(event.currentTarget.value as ExecutionChoice)}
        >
          {EXECUTION_CHOICES.map((choice) => (
            <option key={choice} value={choice}>
              {choice === 'auto' ? 'the faster' : EXECUTION_TEXTS[choice]}
            </option>
          ))}
        </select>
      </label>
    </footer>
  )
}

/** The model and what it runs on. */
function describe({ manifest, execution, threads, comparison }: WebDetector): string {
  const lane = execution === 'wasm' ? `, ${threads === 1 ? '1 thread' : `${threads} threads`}` : ''
  const times =
    comparison &&
    Object.entries(comparison.wordMs).map(([name, ms]) => `${EXECUTION_TEXTS[name as Execution]} ${ms.toFixed(0)} ms`)
  const measured = times === undefined ? '' : ` (a word: ${times.join(', ')})`
  const runs = `${modelName(manifest)} on ${EXECUTION_TEXTS[execution]}${lane}${measured}`
  if (crossOriginIsolated || execution === 'webgpu') return `${runs}.`
  return `${runs}; more threads need a host that sends COOP and COEP headers.`
}
