import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { TurnwiseError } from '@turnwise/core'

/** The npm package with the bundled model. */
const MODEL_PACKAGE = '@turnwise/model-en'

/**
 * The folder of the bundled model.
 *
 * @throws TurnwiseError MODEL_NOT_FOUND
 */
export function findBundledModel(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${MODEL_PACKAGE}/package.json`))
  } catch (cause) {
    throw new TurnwiseError('MODEL_NOT_FOUND', `The package ${MODEL_PACKAGE} is not installed.`, {
      value: MODEL_PACKAGE,
      cause,
    })
  }
}
