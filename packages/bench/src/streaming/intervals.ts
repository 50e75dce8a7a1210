import { type BootstrapOptions, bootstrapIntervals, type Interval } from '../metrics/bootstrap.js'

/** Intervals by figure; none of a figure that some drawing of the meetings does not have. */
export type Intervals<Name extends string> = { readonly [Figure in Name]?: Interval | undefined }

/**
 * Intervals of 95% by drawing whole meetings again: what is in one depends on each other.
 *
 * @param items what figures are of, each in its meeting
 * @param figuresOf as for {@link bootstrapIntervals}; not finite where a drawing has no such figure
 */
export function intervalsByMeeting<Name extends string>(
  items: readonly { readonly meeting: string }[],
  figuresOf: (drawn: Int32Array) => Readonly<Record<Name, number>>,
  bootstrap: BootstrapOptions,
): Intervals<Name> {
  const meetings = items.map(({ meeting }) => meeting)
  const intervals = Object.entries<Interval>(bootstrapIntervals(meetings, figuresOf, bootstrap))
  return Object.fromEntries(intervals.filter(([, [low]]) => !Number.isNaN(low))) as Intervals<Name>
}
