import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Message } from '../messages.js'

/** The absolute path of a file of the repository. */
function repositoryPath(path: string): string {
  return fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
}

/** A parsed JSON file of the repository. */
export function readRepositoryJson(path: string): unknown {
  return JSON.parse(readFileSync(repositoryPath(path), 'utf8'))
}

export function existsInRepository(path: string): boolean {
  return existsSync(repositoryPath(path))
}

/** A row of fixtures/prompts.json or of a tiny model's expected.json. */
export interface PromptFixture {
  readonly name?: string
  readonly messages: readonly Message[]
  readonly tokenIds: readonly number[]
  /** Of the template `chatml-plain-words`; prompts.json alone has them. */
  readonly plainTokenIds?: readonly number[]
  /** Of the template `chatml-spoken-words`; prompts.json alone has them. */
  readonly spokenTokenIds?: readonly number[]
  /** Of the template `chatml-counted-words`; prompts.json alone has them. */
  readonly countedTokenIds?: readonly number[]
  /** Of the template `chatml-asked-counts`; prompts.json alone has them. */
  readonly askedTokenIds?: readonly number[]
}
