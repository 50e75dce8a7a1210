import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Detector } from 'turnwise'
import type { App } from '../app.js'
import { playStory } from '../demo/playStory.js'
import { STORIES } from '../demo/stories.js'
import { addLoadingOptions, type LoadingOptions } from '../loadingOptions.js'
import { loadModel } from '../loadModel.js'
import { renderLegend } from '../render/liveTexts.js'
import { renderModelLine } from '../render/modelLine.js'
import { renderStoryEvent, renderStoryTitle, renderTimes } from '../render/storyTexts.js'
import { write } from '../terminal.js'
import { isInteractive, runLive } from './live.js'

/** Waited after each word on a terminal: without it the eye sees no words come. */
const WORD_DELAY_MS = 25

const DETAILS = `
The published example, an e-mail address with pauses, and someone who speaks
over the agent. Afterwards you can type your own conversation, as with
turnwise live, if the input is a terminal.

Examples:
  $ turnwise demo
  $ turnwise demo --model ./my-model`

export function addDemoCommand(program: Command, app: App): void {
  const command = program
    .command('demo')
    .summary('play three conversations word by word')
    .description('Plays three conversations word by word, with the decision, its probabilities and its time at each.')
    .addHelpText('after', DETAILS)
  addLoadingOptions(command).action(async (options: LoadingOptions) => {
    const { detector, loadMs } = await loadModel(app, options)
    try {
      const { terminal, colors } = app
      await write(terminal.output, renderModelLine(detector, loadMs, options, colors) + renderLegend(colors))
      await playStories(app, detector)
      await invite(app, detector)
    } finally {
      await detector.close()
    }
  })
}

async function playStories({ terminal: { output }, colors }: App, detector: Detector): Promise<void> {
  const timesMs: number[] = []
  for (const story of STORIES) {
    await write(output, renderStoryTitle(story.title, colors))
    for await (const event of playStory(detector, story)) {
      await write(output, renderStoryEvent(event, colors))
      if (event.kind !== 'word') continue
      timesMs.push(event.elapsedMs)
      if (output.isTTY === true) await delay(WORD_DELAY_MS)
    }
  }
  await write(output, renderTimes(timesMs, colors))
}

async function invite(app: App, detector: Detector): Promise<void> {
  const { output } = app.terminal
  if (isInteractive(app)) {
    await write(output, `\n${app.colors.bold('Now your own conversation.')}\n`)
    await runLive(app, detector)
  } else {
    await write(
      output,
      '\nYour own conversation:\n  npx turnwise live\n  npx turnwise predict "what the user has said"\n',
    )
  }
  if (app.findPlayground() !== undefined) await write(output, '\nIn the browser:\n  npm start\n')
}
