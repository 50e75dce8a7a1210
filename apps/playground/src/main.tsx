import { type ExecutionChoice, loadDetector } from '@turnwise/web'
import { render } from 'preact'
import { isShellKept, keepShell } from './browser/shell.js'
import { createModel } from './state/model.js'
import { createPlayground, type Playground } from './state/playground.js'
import { App, OWN_MODEL } from './view/App.js'
import { restoreTheme } from './view/ThemeSwitch.js'
import './styles/base.css'
import './styles/layout.css'
import './styles/stave.css'
import './styles/score.css'
import './styles/now.css'
import './styles/controls.css'
import './styles/dialogs.css'

const DAMAGED_LINK = 'This link is damaged, or of another version: nothing to play.'

async function main(): Promise<void> {
  restoreTheme()
  const root = document.getElementById('app')
  if (root === null) return
  const model = createModel(loadDetector)
  let playground: Playground | undefined
  let notice: string | undefined
  /** The conversation, while its model is loaded anew. */
  let held: string | undefined

  function draw(): void {
    if (root === null) return
    const runOn = (execution: ExecutionChoice) => void startAnew(execution)
    render(<App model={model} playground={playground} notice={notice} runOn={runOn} />, root)
  }

  /** The same words, computed by something else. */
  async function startAnew(execution: ExecutionChoice): Promise<void> {
    const left = playground
    held = left?.link() ?? held
    playground = undefined
    draw()
    left?.clear()
    await Promise.all([left?.rivalDetector.value?.close(), left?.detector.close()])
    await model.load(OWN_MODEL, execution)
  }

  function openLink(): void {
    const fragment = location.hash.slice(1)
    if (fragment === '' || playground === undefined) return
    notice = playground.openLink(fragment) ? undefined : DAMAGED_LINK
    draw()
  }

  // From the second visit on the model's worker starts before the page is drawn.
  const loading = isShellKept() ? model.load(OWN_MODEL) : undefined
  draw()
  model.status.subscribe((status) => {
    if (status.kind !== 'ready') return
    playground = createPlayground(status.detector, createModel(loadDetector))
    draw()
    if (held === undefined) openLink()
    else playground.openLink(held)
  })
  addEventListener('hashchange', openLink)
  await keepShell()
  await (loading ?? model.load(OWN_MODEL))
}

void main()
