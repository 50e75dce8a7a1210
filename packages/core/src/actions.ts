/** The four things a voice agent can do at a word, in the class order (0–3) of the published benchmark. */
export const ACTIONS = ['start_speaking', 'continue_listening', 'start_listening', 'continue_speaking'] as const

/** One of the four {@link ACTIONS}. */
export type Action = (typeof ACTIONS)[number]

/** What makes sense while the agent is silent. */
export const SILENT_ACTIONS = ['start_speaking', 'continue_listening'] as const satisfies readonly Action[]

/** What makes sense while the agent speaks. */
export const SPEAKING_ACTIONS = ['start_listening', 'continue_speaking'] as const satisfies readonly Action[]

/** The actions that fit: all four while nothing is known of the agent, the pair that fits once it is. */
export function fittingActions(agentSpeaking: boolean | undefined): readonly Action[] {
  if (agentSpeaking === undefined) return ACTIONS
  return agentSpeaking ? SPEAKING_ACTIONS : SILENT_ACTIONS
}
