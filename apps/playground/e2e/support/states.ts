import type { Page } from 'playwright-core'

/** The windows that the page is looked at in. */
export const WINDOWS = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const

/** Beside the page, for the comparison of models: see `addModels`. */
export const SECOND_MODEL = 'second-model/'
export const BROKEN_MODEL = 'broken-model/'

/** What the page can look like once its model is there, and how it comes to that; from any other of them. */
export const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  empty: reset,
  async playing(page) {
    await reset(page)
    await page.getByRole('button', { name: 'Spelling an e-mail' }).click()
    await word(page, 'maria')
  },
  async spelling(page) {
    await reset(page)
    await watch(page, 'Spelling an e-mail')
  },
  async backchannel(page) {
    await reset(page)
    await watch(page, 'A backchannel')
  },
  async interruption(page) {
    await reset(page)
    await watch(page, 'An interruption')
  },
  async policies(page) {
    await reset(page)
    await watch(page, 'An interruption')
    await page.getByLabel('beside').selectOption('eager')
    await word(page, 'wrong')
  },
  async wrong(page) {
    await reset(page)
    await watch(page, 'A plain request')
    await openWhy(page)
    await page.getByRole('button', { name: 'It got it wrong' }).click()
  },
  async paste(page) {
    await reset(page)
    await page.getByRole('button', { name: 'Your own' }).click()
  },
  async 'paste-refused'(page) {
    await reset(page)
    await page.getByRole('button', { name: 'Your own' }).click()
    await page.getByRole('textbox', { name: 'Conversation' }).fill('[{"role": "user"}]')
    await page.getByRole('dialog').getByRole('button', { name: 'Play' }).click()
    await page.getByRole('alert').waitFor()
  },
  async talking(page) {
    await reset(page)
    await page.getByRole('button', { name: 'Say it' }).click()
    await word(page, 'that.')
    await page.getByLabel('You', { exact: true }).pressSequentially('uh huh ')
    await word(page, 'huh')
  },
  async listening(page) {
    await reset(page)
    await page.getByRole('button', { name: 'Voice' }).click()
    await page.getByText('Your voice goes to').waitFor()
    // One word at a time, as recognisers revise what they have heard.
    for (const heard of ['I', 'I want', 'I want to', 'I want to book']) await page.evaluate(`hears('${heard}')`)
    await word(page, 'book')
  },
  async model(page) {
    await reset(page)
    await page.getByLabel('beside').selectOption({ label: 'Choose a model…' })
    await page.getByRole('dialog').waitFor()
  },
  async 'model-refused'(page) {
    await loadModel(page, BROKEN_MODEL)
    await page.getByRole('alert').waitFor()
  },
  async models(page) {
    await reset(page)
    await watch(page, 'A backchannel')
    await loadModel(page, SECOND_MODEL)
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await word(page, 'great')
  },
  async 'damaged-link'(page) {
    await reset(page)
    await page.evaluate("location.hash = 'AAAA'")
    await page.getByRole('alert').waitFor()
  },
}

/** Starts a scenario and has it played to its end at once. */
export async function watch(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: title }).click()
  await page.getByRole('button', { name: 'To the end' }).click()
  await page.getByRole('button', { name: 'Share' }).waitFor()
}

/** Has a model of this host judge beside the first. */
export async function loadModel(page: Page, address: string): Promise<void> {
  await page.keyboard.press('Escape')
  // Hidden is not gone: until then the list still shows what opened it.
  await page.locator('dialog').waitFor({ state: 'detached' })
  await page.getByLabel('beside').selectOption('other')
  await page.getByLabel('Or the address').fill(address)
  await page.getByRole('button', { name: 'Load' }).click()
}

/** Waits for a word of the timeline. */
export async function word(page: Page, text: string): Promise<void> {
  await page
    .locator('.score .said', { hasText: new RegExp(`^${text}$`) })
    .last()
    .waitFor()
}

/** An empty conversation, judged by one. */
async function reset(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  const listening = page.getByRole('button', { name: 'Listening' })
  if (await listening.isVisible()) await listening.click()
  const halt = page.getByRole('button', { name: 'Halt' })
  if (await halt.isVisible()) await halt.click()
  const clear = page.getByRole('button', { name: 'Clear' })
  if (await clear.isEnabled()) await clear.click()
  await page.getByLabel('beside').selectOption('')
  await page.getByText('Say something, word by word.').waitFor()
}

/** On a phone the reasons are folded. */
async function openWhy(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'It got it wrong' })
  if (!(await button.isVisible())) await page.getByText('Why', { exact: true }).click()
}
