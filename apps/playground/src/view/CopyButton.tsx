import { useSignal } from '@preact/signals'

/** So long a button says what it did, ms. */
const THANKS_MS = 2500

interface CopyButtonProps {
  readonly label: string
  readonly isDisabled?: boolean
  text(): string
}

/** Copies a text, and says whether it could. */
export function CopyButton({ label, text, isDisabled = false }: CopyButtonProps) {
  const result = useSignal<string | undefined>(undefined)

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text())
      result.value = 'Copied'
    } catch {
      result.value = 'Could not copy'
    }
    setTimeout(() => {
      result.value = undefined
    }, THANKS_MS)
  }

  return (
    <button type="button" disabled={isDisabled} onClick={() => void copy()}>
      <span aria-live="polite">{result.value ?? label}</span>
    </button>
  )
}
