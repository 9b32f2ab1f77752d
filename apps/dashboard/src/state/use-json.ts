import { useEffect, useState } from 'preact/hooks';
import { send, type Result } from './gateway-request';

/**
 * Reads a resource of the gateway, again whenever `url` or `version` changes. The previous result stays until the next one
 * is there.
 *
 * @param url `undefined`: nothing to read
 */
export function useJson<T>(url: string | undefined, version: unknown = 0): Result<T> | undefined {
  const [result, setResult] = useState<Result<T>>();
  useEffect(() => {
    if (url === undefined) return undefined;
    const abort = new AbortController();
    void send<T>('GET', url, undefined, abort.signal).then((next) => {
      if (!abort.signal.aborted) setResult(next);
    });
    return () => abort.abort();
  }, [url, version]);
  return result;
}
