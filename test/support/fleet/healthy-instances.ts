interface Summary {
  readonly name: string;
  readonly instances: { readonly total: number; readonly healthy: number };
}

/** Number of instances to which a gateway would send requests: of one service, or of all. */
export async function healthyAt(gateway: string, service?: string): Promise<number> {
  const summaries = (await (await fetch(`${gateway}/services`)).json()) as Summary[];
  return summaries
    .filter(({ name }) => service === undefined || name === service)
    .reduce((sum, { instances }) => sum + instances.healthy, 0);
}
