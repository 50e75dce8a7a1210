import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { TurnwiseError } from '@turnwise/core'
import type { Certificate } from './createHttpServer.js'
import { readInput } from './readInput.js'
import type { Settings } from './settings.js'

/**
 * The certificate that the settings name, if they do.
 *
 * @throws TurnwiseError INVALID_CERTIFICATE, INPUT_UNREADABLE
 */
export async function loadCertificate({ tlsCertFile, tlsKeyFile }: Settings): Promise<Certificate | undefined> {
  if (tlsCertFile === undefined && tlsKeyFile === undefined) return undefined
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new TurnwiseError('INVALID_CERTIFICATE', 'Only one of tlsCertFile and tlsKeyFile is given.')
  }
  const [cert, key] = await Promise.all([readInput(tlsCertFile, tlsCertFile), readInput(tlsKeyFile, tlsKeyFile)])
  try {
    // A context is also made of an empty file, such as one that is just being written.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('The key is of another one.')
    createSecureContext({ cert, key })
  } catch (cause) {
    throw new TurnwiseError('INVALID_CERTIFICATE', `${tlsCertFile} and ${tlsKeyFile} cannot be used.`, { cause })
  }
  return { cert, key }
}
