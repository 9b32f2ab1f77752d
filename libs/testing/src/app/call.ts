/** A response with its body, parsed if the content type is JSON, otherwise as text. */
export interface CallResponse {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs look into bodies of every shape
  readonly body: any;
}

/** Options of a request; `body` is sent as JSON unless it is a string or bytes. */
export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;

/** Sends a request over a real socket: `call(app.url, 'POST /users', { body: ann })`. */
export async function call(
  origin: string,
  line: string,
  { body, headers }: CallOptions = {},
): Promise<CallResponse> {
  const [method, path] = line.split(' ', 2);
  const response = await fetch(origin + path!, {
    method: method!,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isRaw(body) ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
