import { useSignal } from '@preact/signals'
import type { LoadOptions } from '@turnwise/web'
import { useEffect } from 'preact/hooks'
import type { Playground } from '../state/playground.js'
import { Dialog } from './Dialog.js'
import { ModelFailure, ModelProgress } from './ModelNotice.js'

/** An attribute that Preact's types do not know. */
const WHOLE_FOLDER = { webkitdirectory: true }

interface ModelDialogProps {
  readonly playground: Pick<Playground, 'rivalModel' | 'loadRival'>
  readonly onClose: () => void
}

/** A second model, to judge the same words. */
export function ModelDialog({ playground: { rivalModel, loadRival }, onClose }: ModelDialogProps) {
  const address = useSignal('')
  const problem = useSignal<string | undefined>(undefined)
  const status = rivalModel.status.value
  // Whoever closes it while a model is being loaded has thought better of it.
  useEffect(() => rivalModel.cancel, [rivalModel])

  async function load(source: LoadOptions['model']): Promise<void> {
    problem.value = undefined
    await loadRival(source)
    if (rivalModel.status.value.kind === 'ready') onClose()
  }

  function loadAddress(event: Event): void {
    event.preventDefault()
    const text = address.value.trim()
    const isOwn = URL.canParse(text, document.baseURI) && new URL(text, document.baseURI).origin === location.origin
    if (text !== '' && isOwn) void load(text)
    else problem.value = `This page asks nobody but ${location.host} for anything. Choose the model’s files instead.`
  }

  return (
    <Dialog title="Compare with another model" onClose={onClose}>
      <p>
        It judges the same words, under the same policy. Its checksums are checked, its files stay on this device, and
        it takes as much memory as the first.
      </p>
      <label class="field">
        Its folder: turnwise.json, tokenizer.json and the weights
        <input
          type="file"
          multiple
          {...WHOLE_FOLDER}
          onChange={({ currentTarget: { files } }) => files !== null && files.length > 0 && void load([...files])}
        />
      </label>
      <form class="field" onSubmit={loadAddress}>
        <label for="model-address">Or the address of its folder on {location.host}</label>
        <div class="pair">
          <input
            id="model-address"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder="models/mine/"
            value={address.value}
            onInput={(event) => {
              address.value = event.currentTarget.value
              problem.value = undefined
            }}
          />
          <button type="submit">Load</button>
        </div>
      </form>
      {problem.value !== undefined && <p role="alert">{problem.value}</p>}
      {status.kind === 'loading' && <ModelProgress status={status} />}
      {status.kind === 'failed' && (
        <div class="failure" role="alert">
          <ModelFailure failure={status} />
        </div>
      )}
    </Dialog>
  )
}
