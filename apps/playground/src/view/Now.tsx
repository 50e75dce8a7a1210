import { ACTIONS, type SessionDecision } from '@turnwise/web'
import type { Verdict } from '../stage/performance.js'
import type { Silence, Stage } from '../state/stage.js'
import { ACTION_TEXTS, explain, POLICY_TEXTS, percent, seconds } from './actionTexts.js'
import { ActionIcon } from './Icon.js'

/** There the reasons have room at once. */
const WIDE = '(min-width: 52rem)'

/** What the agent should do at the word that is looked at, and why. */
export function Now({ stage, onWrong }: { readonly stage: Stage; onWrong(): void }) {
  const focus = stage.focus.value
  const first = focus?.verdicts[0]
  if (focus === undefined || first === undefined) {
    return (
      <section class="now empty" aria-label="Decision">
        <p class="verb">Listening</p>
        <p>At every word, one of four things to do.</p>
        <Probabilities decision={undefined} />
      </section>
    )
  }
  const isNewest = stage.cells.value.findLast((cell) => cell.kind === 'user') === focus
  return (
    <section class={`now ${first.decision.action}`} aria-label="Decision">
      <p class="at">
        at <q>{focus.word}</q>
        {focus.agentSpeaking ? ', while the agent speaks' : ', while the agent is silent'}
      </p>
      <div class="verdicts">
        {focus.verdicts.map((verdict) => (
          <VerdictCard
            key={verdict.policy}
            verdict={verdict}
            isCompared={focus.verdicts.length > 1}
            silence={isNewest ? stage.silence.value : undefined}
          />
        ))}
      </div>
      <Probabilities decision={first.decision} />
      <Why verdicts={focus.verdicts} onWrong={onWrong} />
    </section>
  )
}

interface VerdictCardProps {
  readonly verdict: Verdict
  readonly isCompared: boolean
  readonly silence: Silence | undefined
}

function VerdictCard({ verdict: { policy, decision }, isCompared, silence }: VerdictCardProps) {
  const { action, waitMs } = decision
  const { verb, meaning } = ACTION_TEXTS[action]
  return (
    <div class={`card ${action}`}>
      {isCompared && <p class="policy">{POLICY_TEXTS[policy]}</p>}
      <p class="verb" data-testid={`verb-${policy}`}>
        <ActionIcon action={action} />
        {verb}
      </p>
      {!isCompared && <p class="meaning">{meaning}</p>}
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

function Probabilities({ decision }: { readonly decision: SessionDecision | undefined }) {
  return (
    <dl class="probabilities">
      {ACTIONS.map((action) => {
        const share = decision?.probabilities[action] ?? 0
        const isExcluded = decision?.reason.excluded.includes(action) ?? false
        return (
          <div key={action} class={isExcluded ? `${action} excluded` : action}>
            <dt>
              <ActionIcon action={action} />
              {ACTION_TEXTS[action].verb}
              <code>{action}</code>
            </dt>
            <dd>
              <span class="bar" style={{ '--share': share }} />
              <span class="figure">{decision === undefined ? '–' : percent(share)}</span>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

function Why({ verdicts, onWrong }: { readonly verdicts: readonly Verdict[]; onWrong(): void }) {
  return (
    <details class="why" open={matchMedia(WIDE).matches}>
      <summary>Why</summary>
      {verdicts.map(({ policy, decision, elapsedMs }) => (
        <div key={policy}>
          <p>
            {verdicts.length > 1 && <b>{POLICY_TEXTS[policy]}. </b>}
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
