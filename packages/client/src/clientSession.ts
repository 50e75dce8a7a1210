import type { Session, SessionOptions } from '@turnwise/core'

/** Options of `openSession`. */
export interface ClientSessionOptions extends SessionOptions {
  /**
   * Unique among the sessions of the key; seen by load balancers. 1 to 128 letters, digits, dots, underscores and hyphens;
   * by default a random one.
   */
  readonly id?: string | undefined
  /**
   * What `save` gave: goes on with that session, instead of `messages`, `expect` and `policy`. Whether its agent speaks
   * (`isAgentSpeaking`) is known from the first answer on.
   */
  readonly resume?: string | undefined
}

/**
 * A live conversation with the server. The methods are those of a session in the same process, and behave like them:
 * what goes wrong on the server is thrown by the `hear` or `userSilent` that follows. Lost connections and lost servers
 * are not seen, but for the time that they cost; `close` waits for a lost connection no longer than 2 s, since the server
 * ends idle sessions by itself. What is too large for the server ends the session: REQUEST_TOO_LARGE.
 */
export interface ClientSession
  extends Pick<
    Session,
    'isAgentSpeaking' | 'agentSpeaking' | 'agentFinished' | 'expecting' | 'addMessage' | 'hear' | 'userSilent' | 'close'
  > {
  readonly id: string
  /**
   * A token for `openSession({ resume })`, at any time and anywhere. It holds the session, sealed by the server.
   *
   * @throws TurnwiseError as `hear`
   */
  save(): Promise<string>
}
