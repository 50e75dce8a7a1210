import type { SystemFacts } from '../systems/system.js'
import type { ReportResults } from './buildReport.js'

/** The model that a section is about, and the section's title. */
export interface SectionModel {
  readonly section: string
  readonly model: SystemFacts
}

/** The models of the sections that are there: of several in one run the first. */
export function sectionModels({ accuracy, streaming, latency }: ReportResults): SectionModel[] {
  const systems = {
    Accuracy: accuracy?.sets[0]?.systems.map(({ system }) => system),
    Streaming: streaming?.turnEnds.flatMap(({ system }) => system ?? []),
    // The graphs that ours is compared with are models too.
    Latency: latency?.systems.filter(({ role }) => role === 'turnwise'),
  }
  return Object.entries<readonly SystemFacts[] | undefined>(systems).flatMap(([section, found = []]) => {
    const model = found.find(({ kind, sha256 }) => kind === 'model' && sha256 !== undefined)
    return model === undefined ? [] : [{ section, model }]
  })
}

/** Says that a section is of another model than the first one: read together, their figures would be taken for one's. */
export function otherModelNote(section: string, models: readonly SectionModel[]): string | undefined {
  const [first] = models
  const own = models.find((each) => each.section === section)
  if (first === undefined || own === undefined || own.model.sha256 === first.model.sha256) return undefined
  return (
    `Beware: this was measured with another model than ${first.section}. Here it was ${nameOf(own)}, ` +
    `there ${nameOf(first)}: no figures of one hold for the other.`
  )
}

function nameOf({ model: { name, sha256 = '' } }: SectionModel): string {
  return `${name} (\`${sha256.slice(0, 16)}…\`)`
}
