/** See injected.mjs. */
export interface FaultClient {
  call(method: string, path: string, body?: object): Promise<{ readonly status: number }>;
}

export class InjectedOutage {
  constructor(
    client: FaultClient,
    instances: readonly { readonly id: string }[],
    options: { readonly fault: 'kill' | 'hang'; readonly forMs: number },
  );
  begin(): Promise<void>;
  end(): Promise<void>;
}
