import { useSignal } from '@preact/signals'

const THEMES = ['auto', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]
const KEY = 'turnwise-theme'

/** Sets the theme that was chosen at the last visit. */
export function restoreTheme(): void {
  document.documentElement.dataset.theme = storedTheme()
}

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const theme = useSignal<Theme>(storedTheme())
  return (
    <label class="select">
      Theme
      <select
        value={theme.value}
        onChange={(event) => {
          theme.value = event.currentTarget.value as Theme
          try {
            localStorage.setItem(KEY, theme.value)
          } catch {
            // Storage may be forbidden; the choice then lasts as long as the page.
          }
          document.documentElement.dataset.theme = theme.value
        }}
      >
        {THEMES.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY)
    return THEMES.find((theme) => theme === stored) ?? 'auto'
  } catch {
    return 'auto'
  }
}
