/** The kind of a prediction. */
export const ANSWERED = 'answered'
/** The kind of one that the server has no room for. */
export const REFUSED = 'OVERLOADED'

/** `answered`, or the code of the server's error. */
export function kindOfAnswer(status: number, body: string): string {
  return status === 200 ? ANSWERED : (/"code":"(\w+)"/.exec(body)?.[1] ?? String(status))
}
