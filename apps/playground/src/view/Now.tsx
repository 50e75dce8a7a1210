import { ACTIONS, type SessionDecision } from '@turnwise/web'
import type { Verdict } from '../stage/performance.js'
import type { Silence, Stage } from '../state/stage.js'
import { ACTION_TEXTS, areModelsCompared, explain, judgeNames, percent, seconds } from './actionTexts.js'
import { ActionIcon } from './Icon.js'

/** There the reasons have room at once. */
const WIDE = '(min-width: 52rem)'

/** What the agent should do at the word that is looked at, and why. */
export function Now({ stage, onWrong }: { readonly stage: Stage; onWrong(): void }) {
  const focus = stage.focus.value
  const first = focus?.verdicts[0]
  if (focus === undefined || first === undefined) return <NothingYet verb="Listening" />
  const names = judgeNames(focus.verdicts.map(({ judge }) => judge))
  const isOfModels = areModelsCompared(focus.verdicts.map(({ judge }) => judge))
  const isNewest = stage.cells.value.findLast((cell) => cell.kind === 'user') === focus
  return (
    <section class={`now ${first.decision.action}`} aria-label="Decision">
      <p class="at">
        at <q>{focus.word}</q>
        {focus.agentSpeaking ? ', while the agent speaks' : ', while the agent is silent'}
      </p>
      <div class="verdicts">
        {focus.verdicts.map((verdict, place) => (
          <VerdictCard
            key={names[place]}
            verdict={verdict}
            name={names.length > 1 ? names[place] : undefined}
            silence={isNewest ? stage.silence.value : undefined}
          />
        ))}
      </div>
      <Probabilities decisions={(isOfModels ? focus.verdicts : [first]).map(({ decision }) => decision)} />
      <Why verdicts={focus.verdicts} names={names} onWrong={onWrong} />
    </section>
  )
}

/** The same, before there is a word. @param verb what it does meanwhile */
export function NothingYet({ verb }: { readonly verb: string }) {
  return (
    <section class="now empty" aria-label="Decision">
      <p class="verb">{verb}</p>
      <p>At every word, one of four things to do.</p>
      <Probabilities decisions={[undefined]} />
    </section>
  )
}

interface VerdictCardProps {
  readonly verdict: Verdict
  /** Whose it is, if there are several. */
  readonly name: string | undefined
  readonly silence: Silence | undefined
}

function VerdictCard({ verdict: { judge, decision }, name, silence }: VerdictCardProps) {
  const { action, waitMs } = decision
  const { verb, meaning } = ACTION_TEXTS[action]
  return (
    <div class={`card ${action}`}>
      {name !== undefined && <p class="judge">{name}</p>}
      <p class="verb" data-testid={`verb-${judge.policy}`}>
        <ActionIcon action={action} />
        {verb}
      </p>
      {name === undefined && <p class="meaning">{meaning}</p>}
      {waitMs > 0 && <Wait waitMs={waitMs} silence={silence} />}
    </div>
  )
}

/** The silence that has to pass, filling as it does. */
function Wait({ waitMs, silence }: { readonly waitMs: number; readonly silence: Silence | undefined }) {
  const state = silence === undefined ? 'idle' : silence.isOver ? 'over' : 'running'
  return (
    <p class="silence">
      <span class={`filling ${state}`} style={{ '--wait': `${waitMs}ms` }} />
      {state === 'over' ? `${seconds(waitMs)} of silence: it speaks` : `speaks after ${seconds(waitMs)} of silence`}
    </p>
  )
}

/** @param decisions one a model */
function Probabilities({ decisions }: { readonly decisions: readonly (SessionDecision | undefined)[] }) {
  return (
    <dl class="probabilities" data-models={decisions.length}>
      {ACTIONS.map((action) => {
        const isExcluded = decisions[0]?.reason.excluded.includes(action) ?? false
        return (
          <div key={action} class={isExcluded ? `${action} excluded` : action}>
            <dt>
              <ActionIcon action={action} />
              {ACTION_TEXTS[action].verb}
              <code>{action}</code>
            </dt>
            <dd>
              {decisions.map((decision, place) => (
                <span key={place} class="share">
                  <span class="bar" style={{ '--share': decision?.probabilities[action] ?? 0 }} />
                  <span class="figure">{decision === undefined ? '–' : percent(decision.probabilities[action])}</span>
                </span>
              ))}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

interface WhyProps {
  readonly verdicts: readonly Verdict[]
  readonly names: readonly string[]
  onWrong(): void
}

function Why({ verdicts, names, onWrong }: WhyProps) {
  return (
    <details class="why" open={matchMedia(WIDE).matches}>
      <summary>Why</summary>
      {verdicts.map(({ decision, elapsedMs }, place) => (
        <div key={names[place]}>
          <p>
            {verdicts.length > 1 && <b>{names[place]}. </b>}
            {explain(decision)}
          </p>
          <p class="cost">
            <code>{decision.reason.rule}</code> {decision.tokensRun} tokens run, {elapsedMs.toFixed(1)} ms
          </p>
        </div>
      ))}
      <button type="button" class="quiet" onClick={onWrong}>
        It got it wrong
      </button>
    </details>
  )
}
