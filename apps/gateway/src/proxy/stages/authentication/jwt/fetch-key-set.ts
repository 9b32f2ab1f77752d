const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;

/** A key set that could not be fetched. The message says why and has no content of the response. */
export class FetchFailure extends Error {}

/**
 * Fetches the text of a key set. Redirects are not followed: they could lead to an address that only the gateway
 * reaches.
 * @param closed ends the fetch
 * @throws FetchFailure
 */
export async function fetchKeySet(url: string, closed: AbortSignal, timeoutMs = TIMEOUT_MS): Promise<string> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/jwk-set+json, application/json', 'accept-encoding': 'identity' },
      redirect: 'manual',
      signal: AbortSignal.any([closed, late]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new FetchFailure(`the issuer responded with status ${response.status}`);
    }
    return await limitedText(response);
  } catch (error) {
    if (error instanceof FetchFailure) throw error;
    if (late.aborted) throw new FetchFailure(`the issuer did not respond within ${timeoutMs} ms`);
    throw new FetchFailure(`the issuer cannot be reached (${codeOf(error)})`, { cause: error });
  }
}

async function limitedText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    // Leaving the loop cancels the body.
    if (size > MAX_BYTES) throw new FetchFailure('the key set is larger than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'connection failed';
}
