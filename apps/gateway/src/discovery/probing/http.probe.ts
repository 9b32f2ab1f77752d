import type { OnModuleDestroy } from '@nestjs/common';
import { Agent, request } from 'undici';
import { pinnedTarget } from '../pinned-target.js';
import { InstanceProbe, type ProbeAnswer, type ProbeTarget } from './instance-probe.js';

const TIMEOUT_MS = 1000;
/** Nobody's health document is larger; what is gets cut off. */
const BODY_LIMIT = 64 * 1024;

/**
 * Asks by GET on the health path. Any answer below 500 counts: a small program may have no health path, and its 404
 * shows that it is there.
 */
export class HttpProbe extends InstanceProbe implements OnModuleDestroy {
  // No kept-alive connections: whether a new one comes about is what is asked.
  private readonly agent = new Agent({ pipelining: 0 });

  constructor(private readonly timeoutMs = TIMEOUT_MS) {
    super();
  }

  async ask(target: ProbeTarget): Promise<ProbeAnswer> {
    const startedAt = performance.now();
    const { what, ...finding } = await this.answerOf(target).catch(failureOf);
    const latencyMs = Math.round((performance.now() - startedAt) * 10) / 10;
    return { ...finding, latencyMs, reason: `a probe of ${target.healthPath} ${what}` };
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  private async answerOf(target: ProbeTarget): Promise<Finding> {
    const { origin, authority } = pinnedTarget(target);
    const signal = AbortSignal.timeout(this.timeoutMs);
    const { statusCode, body } = await request(origin + target.healthPath, {
      dispatcher: this.agent,
      headers: { host: authority },
      signal,
    });
    await body.dump({ limit: BODY_LIMIT });
    return { ok: statusCode < 500, isSilent: false, what: `was answered ${statusCode}` };
  }
}

interface Finding extends Pick<ProbeAnswer, 'ok' | 'isSilent'> {
  readonly what: string;
}

function failureOf(error: unknown): Finding {
  const { name, code } = error as { name?: string; code?: string };
  const isSilent = name === 'TimeoutError';
  return {
    ok: false,
    isSilent,
    what: isSilent ? 'was not answered in time' : `failed (${code ?? name ?? 'unknown'})`,
  };
}
