import { readFile } from 'node:fs/promises'
import { TurnwiseError } from '@turnwise/core'
import type { Settings } from './settings.js'

/** As many as 24 random bytes have in base64: no shorter one resists whoever tries all. */
const LEAST_CHARACTERS = 32

/**
 * The secrets of resume tokens that the settings and their file name, the newest first.
 *
 * @throws TurnwiseError INPUT_UNREADABLE, INVALID_RESUME_SECRETS; also if the file holds none
 */
export async function loadResumeSecrets({ resumeSecrets, resumeSecretsFile }: Settings): Promise<string[]> {
  const own = resumeSecrets === undefined ? [] : parseResumeSecrets(resumeSecrets)
  if (resumeSecretsFile === undefined) return own
  const value = resumeSecretsFile
  const content = await readFile(value, 'utf8').catch((cause) => {
    throw new TurnwiseError('INPUT_UNREADABLE', `The secrets in ${value} cannot be read.`, { value, cause })
  })
  const fromFile = parseResumeSecrets(content)
  if (fromFile.length === 0) throw new TurnwiseError('INVALID_RESUME_SECRETS', `${value} holds no secret.`, { value })
  return [...own, ...fromFile]
}

/**
 * Reads a secret from each line; a comma ends a line too. Empty lines and those that begin with # are left out.
 *
 * @throws TurnwiseError INVALID_RESUME_SECRETS, naming the line and not what it holds
 */
function parseResumeSecrets(text: string): string[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim())
  return lines.filter((line, index) => {
    if (line === '' || line.startsWith('#')) return false
    if (line.length >= LEAST_CHARACTERS) return true
    const problem = `Line ${index + 1} of the secrets has fewer than ${LEAST_CHARACTERS} characters.`
    throw new TurnwiseError('INVALID_RESUME_SECRETS', problem, { value: index + 1 })
  })
}
