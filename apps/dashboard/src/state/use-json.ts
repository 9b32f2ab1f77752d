import { useCallback, useEffect, useState } from 'preact/hooks';
import { send, type Result } from './gateway-request';

interface Resource<T> {
  /** `undefined` until the first response. */
  readonly result: Result<T> | undefined;
  /** Reads it again. */
  readonly again: () => void;
}

/**
 * Reads a resource of the gateway, again whenever `url` or `version` changes. The previous result stays until the next one
 * is there.
 *
 * @param url `undefined`: nothing to read
 */
export function useJson<T>(url: string | undefined, version: unknown = 0): Resource<T> {
  const [result, setResult] = useState<Result<T>>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (url === undefined) return undefined;
    const abort = new AbortController();
    void send<T>('GET', url, undefined, abort.signal).then((next) => {
      if (!abort.signal.aborted) setResult(next);
    });
    return () => abort.abort();
  }, [url, version, round]);
  const again = useCallback(() => setRound((count) => count + 1), []);
  return { result, again };
}
