import { type Decision, type Detector, type ErrorCode, type PredictRequest, TurnwiseError } from 'turnwise'
import { parseRequest } from './parseRequest.js'
import { type Line, MAX_LINE_BYTES, splitLines } from './splitLines.js'

/** How many lines there were. */
export interface LineCounts {
  readonly answered: number
  readonly wrong: number
}

/** What takes the place of the answer to a wrong line. */
interface WrongLine {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly line: number }
}

/** What {@link answerLines} works with. */
export interface AnswerLinesOptions {
  readonly detector: Pick<Detector, 'predictMany'>
  /** Whether the agent speaks, for the lines that do not say so. */
  readonly agentSpeaking: boolean | undefined
  /** Takes answers, whole lines; the next are computed when it is done. */
  readonly write: (text: string) => Promise<void>
}

/**
 * Answers JSON lines, one line for each, in their order. What has come is answered as a batch, nothing is waited for:
 * a file runs at full speed, and a program that writes one line gets its answer at once.
 *
 * A wrong line is answered by its error, an empty one too, so that the lines of input and output stay side by side;
 * only empty lines at the end are left out.
 */
export async function answerLines(
  chunks: AsyncIterable<Uint8Array>,
  { detector, agentSpeaking, write }: AnswerLinesOptions,
): Promise<LineCounts> {
  let answered = 0
  let wrong = 0
  let emptyLines = 0
  for await (const lines of splitLines(chunks)) {
    const batch: (PredictRequest | WrongLine)[] = []
    for (const line of lines) {
      if (line.text?.trim() === '') {
        emptyLines += 1
        continue
      }
      for (; emptyLines > 0; emptyLines -= 1) batch.push(describeEmpty(line.number - emptyLines))
      batch.push(readLine(line, agentSpeaking))
    }
    if (batch.length === 0) continue
    const requests = batch.filter((item) => 'messages' in item)
    const decisions = (await detector.predictMany(requests)).values()
    const answers = batch.map((item) =>
      'messages' in item ? renderAnswer(decisions.next().value) : `${JSON.stringify(item)}\n`,
    )
    answered += requests.length
    wrong += batch.length - requests.length
    await write(answers.join(''))
  }
  return { answered, wrong }
}

function renderAnswer(decision: Decision | undefined): string {
  if (decision === undefined) throw new TurnwiseError('MODEL_FAILED', 'The model gave too few answers.')
  const { action, probabilities, yielded } = decision
  return `${JSON.stringify({ action, probabilities, yielded })}\n`
}

function readLine({ number, text, isTooLong }: Line, agentSpeaking: boolean | undefined): PredictRequest | WrongLine {
  try {
    if (isTooLong) throw new TurnwiseError('MESSAGE_TOO_LONG', `The line has more than ${MAX_LINE_BYTES} bytes.`)
    if (text === undefined) throw new TurnwiseError('INVALID_JSON', 'The line is not valid UTF-8.')
    return { agentSpeaking, ...parseRequest(text, 'The line') }
  } catch (error) {
    if (error instanceof TurnwiseError) return describeWrong(error, number)
    throw error
  }
}

function describeEmpty(number: number): WrongLine {
  return describeWrong(new TurnwiseError('INVALID_JSON', 'The line is empty.'), number)
}

function describeWrong({ code, message }: TurnwiseError, line: number): WrongLine {
  return { error: { code, message, line } }
}
