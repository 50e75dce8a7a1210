import { IncomingMessage } from 'node:http'

/**
 * A request that leaves HTTP for WebSocket alone. Java's HttpClient asks for HTTP/2 (`upgrade: h2c`) with each request, and
 * a server that listens for upgrades is given them all, without their bodies; to go on in HTTP/1.1 is always allowed. From
 * Node 22.21 on the option `shouldUpgradeCallback` does the same.
 */
export class IncomingRequest extends IncomingMessage {
  /** Whether the request may be more than HTTP, by its method or headers and by who listens. Set by Node. */
  declare private mayUpgrade: boolean | null

  /** Whether it is. Node asks once the headers are there. */
  get upgrade(): boolean {
    return this.mayUpgrade === true && (this.method === 'CONNECT' || asksForWebSocket(this))
  }

  set upgrade(mayUpgrade: boolean | null) {
    this.mayUpgrade = mayUpgrade
  }

  /**
   * Whether the connection has to end with the answer. Node throws away what it reads together with the end of a request
   * that asked for an upgrade. A caller that has its answer and is not done sending may let its next request follow.
   */
  get isLast(): boolean {
    return this.headers.upgrade !== undefined && !this.complete
  }
}

function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}
