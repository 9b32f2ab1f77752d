/** See process.mjs. */
export class ProcessOutage {
  constructor(fault: 'kill' | 'hang', pids: readonly number[]);
  begin(): void;
  end(): void;
}
