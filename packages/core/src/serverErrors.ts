import type { ErrorEntry } from './errorEntry.js'

/** The part of the catalogue of errors that only a server throws. */
export const SERVER_ERRORS = {
  INVALID_REQUEST: {
    meaning: 'A request to the server does not have the form that its OpenAPI document states.',
    remedy: 'Correct the place that the message names; GET /openapi.json has every form.',
  },
  UNSUPPORTED_CONTENT: {
    meaning: 'The body of a request is of a content type that the endpoint does not read.',
    remedy: 'Send JSON with the header content-type: application/json.',
  },
  REQUEST_TOO_LARGE: {
    meaning: 'A request has more bytes, messages, conversations or events than the server takes.',
    remedy: "Send less at a time, or raise the server's limit that the message names.",
  },
  UNAUTHORIZED: {
    meaning: 'The server has keys, and the request carries none of them.',
    remedy: 'Send the header authorization: Bearer KEY. `turnwise serve --new-key NAME` makes one.',
  },
  HOST_REFUSED: {
    meaning:
      'A request to a server without keys names a host that the server does not know: some page may be behind it.',
    remedy: "Ask it as localhost or 127.0.0.1, or add the name to the server's setting allowedHosts.",
  },
  ORIGIN_REFUSED: {
    meaning: 'A web page of an origin that the server does not know asked for a stream.',
    remedy: "Add the page's origin to the server's setting corsOrigins.",
  },
  NOT_FOUND: {
    meaning: 'The server has no such endpoint or model.',
    remedy: 'GET /openapi.json lists every endpoint.',
  },
  METHOD_NOT_ALLOWED: {
    meaning: 'The endpoint is not asked with this method.',
    remedy: 'Use a method that the header allow lists.',
  },
  RATE_LIMITED: {
    meaning: 'A key has made as many requests in a minute as it may (setting requestsPerMinute).',
    remedy: 'Wait as long as the header retry-after says.',
  },
  DEADLINE_EXCEEDED: {
    meaning: 'The answer was not there by the deadline of the request.',
    remedy: 'Ask again later, or give the request more time (header turnwise-deadline-ms, setting deadlineMs).',
  },
  SHUTTING_DOWN: {
    meaning: 'The server is stopping and takes nothing new.',
    remedy: 'Ask another instance; sessions go on there with their resume token.',
  },
  INTERNAL: {
    meaning: 'The server failed in a way that nobody thought of: a bug.',
    remedy: "Report it with the request's id; the server's log says where it happened.",
  },
  SESSION_NOT_FOUND: {
    meaning: 'The key has no such session on this instance: it never had, or it was idle for too long.',
    remedy: 'Open it again with its resume token, or with the messages so far.',
  },
  INVALID_RESUME_TOKEN: {
    meaning:
      'The resume token of a session has expired, has been changed, is of another key, or of a server with other secrets.',
    remedy: 'Open the session with the messages so far; give all instances the same resumeSecretsFile.',
  },
  SESSION_EXISTS: {
    meaning: 'The key has a session with this id already.',
    remedy: 'Choose another id, attach to the session, or delete it first.',
  },
  TOO_MANY_SESSIONS: {
    meaning:
      'As many sessions are open as may, or those of the key hold as much as they may (settings maxSessions, maxKeySessions, maxKeyBytes).',
    remedy: 'Delete sessions that are over, or use another instance.',
  },
  OUT_OF_SEQUENCE: {
    meaning:
      "A message of a stream does not carry its session's next sequence number: it came twice, or one is missing.",
    remedy: 'Send what follows the number that the message names; attach says it too.',
  },
  INVALID_KEYS: {
    meaning: 'The keys of the server cannot be understood.',
    remedy: 'Write one `NAME sha256:HASH` on each line, as `turnwise serve --new-key NAME` prints it.',
  },
  INVALID_RESUME_SECRETS: {
    meaning: 'The secrets of resume tokens cannot be understood.',
    remedy: 'Write one on each line, 32 characters or more, as `openssl rand -base64 32` prints it.',
  },
  INVALID_CERTIFICATE: {
    meaning: 'The certificate of the server or its private key cannot be used.',
    remedy: 'Give both in PEM form: tlsCertFile with the whole chain, tlsKeyFile without a passphrase.',
  },
  UNSAFE_ADDRESS: {
    meaning: 'The server was asked to listen beyond this machine without any keys.',
    remedy: 'Make a key with `turnwise serve --new-key NAME`, or listen on 127.0.0.1.',
  },
  ADDRESS_UNUSABLE: {
    meaning: 'The server cannot listen on its address or port.',
    remedy: 'Choose another --host or --port, or end what listens there.',
  },
  PLAYGROUND_NOT_BUILT: {
    meaning: 'The page of the playground is not here, or not built.',
    remedy: 'In the repository: `npm run build -w apps/playground`. No package holds the page.',
  },
} as const satisfies Record<string, ErrorEntry>
