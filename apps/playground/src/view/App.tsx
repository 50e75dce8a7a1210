import { useSignal } from '@preact/signals'
import type { WebDetector } from '@turnwise/web'
import type { Model } from '../state/model.js'
import type { Playground } from '../state/playground.js'
import { Announcer } from './Announcer.js'
import { Composer } from './Composer.js'
import { ModelNotice } from './ModelNotice.js'
import { Now } from './Now.js'
import { PasteDialog } from './PasteDialog.js'
import { Scenarios } from './Scenarios.js'
import { Score } from './Score.js'
import { ThemeSwitch } from './ThemeSwitch.js'
import { Toolbar } from './Toolbar.js'
import { WrongDialog } from './WrongDialog.js'

interface AppProps {
  readonly model: Model
  /** There as soon as the model is. */
  readonly playground: Playground | undefined
  /** Something to be told at the start. */
  readonly notice: string | undefined
}

export function App({ model, playground, notice }: AppProps) {
  const open = useSignal<'paste' | 'wrong' | undefined>(undefined)
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
        <ModelNotice model={model} />
        {playground !== undefined && stage !== undefined && (
          <>
            <Toolbar playground={playground} />
            <Stave playground={playground} />
            <Composer playground={playground} />
            <Announcer stage={stage} />
          </>
        )}
      </main>
      {stage !== undefined && (
        <aside>
          <Now
            stage={stage}
            onWrong={() => {
              open.value = 'wrong'
            }}
          />
        </aside>
      )}
      <Colophon playground={playground} />
      {open.value === 'paste' && <PasteDialog onClose={close} play={(turns) => playground?.playTurns(turns)} />}
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
          <Legend />
        </>
      )}
    </section>
  )
}

function Legend() {
  return (
    <p class="legend">
      <span class="swatch">agent</span>
      <b>you</b>
      <span>below: the four probabilities as they flow, and the action</span>
    </p>
  )
}

function Colophon({ playground }: Pick<AppProps, 'playground'>) {
  return (
    <footer class="colophon">
      <p>
        Nothing leaves this page: the model runs here, and a shared link holds the conversation in the part that
        browsers do not send.
      </p>
      {playground !== undefined && <p>{describe(playground.detector)}</p>}
    </footer>
  )
}

/** The model and what it runs on. */
function describe({ manifest: { name, version }, execution, threads }: WebDetector): string {
  const runs = `${name} ${version}, ${execution}, ${threads === 1 ? '1 thread' : `${threads} threads`}`
  return crossOriginIsolated ? `${runs}.` : `${runs}; more threads need a host that sends COOP and COEP headers.`
}
