import { ACTIONS, type Probabilities } from '@turnwise/web'

/** From the top down. */
const BANDS = [...ACTIONS]

interface StreamProps {
  /** Whose it is: the place of the judge. */
  readonly lane: number
  readonly from: Probabilities
  readonly to: Probabilities
}

/** The four probabilities as bands, flowing from what they were before the word to what they are at it. */
export function Stream({ lane, from, to }: StreamProps) {
  let left = 0
  let right = 0
  return (
    <svg class="stream" data-lane={lane} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {BANDS.map((action) => {
        const [top, topRight] = [left, right]
        left += from[action]
        right += to[action]
        const path = `M0 ${top}C.5 ${top} .5 ${topRight} 1 ${topRight}V${right}C.5 ${right} .5 ${left} 0 ${left}Z`
        return <path key={action} class={action} d={path} />
      })}
    </svg>
  )
}
