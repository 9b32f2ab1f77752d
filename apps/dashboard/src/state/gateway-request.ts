import type { ProblemDocument } from '#contracts';

/** A response of the gateway, or why there is none. */
export type Result<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: Pick<ProblemDocument, 'title' | 'status' | 'detail'> };

const TOKEN = 'registry-token';

const storedToken = (): string | null => sessionStorage.getItem(TOKEN);
export const storeToken = (token: string): void => sessionStorage.setItem(TOKEN, token);

const UNREACHABLE = { title: 'The gateway cannot be reached', status: 0, detail: '' };

/** Sends a request to the gateway, with the registry's token if the operator gave it. */
export async function send<T>(
  method: string,
  url: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Result<T>> {
  const token = storedToken();
  const headers = {
    accept: 'application/json',
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    const content: unknown = text === '' ? undefined : JSON.parse(text);
    return response.ok ? { value: content as T } : { problem: content as ProblemDocument };
  } catch {
    return { problem: UNREACHABLE };
  }
}

/** Whether the gateway asks for the registry's token. */
export const needsToken = ({ problem }: Result<unknown>): boolean =>
  problem?.status === 401 || problem?.status === 403;
