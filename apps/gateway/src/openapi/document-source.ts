import type { OnModuleDestroy } from '@nestjs/common';
import { Agent, request } from 'undici';
import { pinnedTarget, type Instance, type PinnedTarget } from '../discovery/index.js';
import { asDocument, UnusableDocument, type OpenApiDocument } from './openapi.js';

const DOCUMENT_PATH = '/docs-json';
/** The first document of a service takes long: it loads what describes it, in the process of the gateway or its own. */
const TIMEOUT_MS = 5000;
const MAX_BYTES = 2 * 1024 * 1024;

/** Fetches the document of a service from an instance. */
export class DocumentSource implements OnModuleDestroy {
  private readonly agent = new Agent({ pipelining: 0 });

  constructor(
    private readonly timeoutMs = TIMEOUT_MS,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  /** @throws UnusableDocument with the reason why there is no usable document */
  async fetchDocument(instance: Pick<Instance, 'endpoint'>): Promise<OpenApiDocument> {
    try {
      return asDocument(JSON.parse(await this.read(pinnedTarget(instance))));
    } catch (error) {
      throw error instanceof UnusableDocument ? error : new UnusableDocument(reasonOf(error));
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  private async read({ origin, authority }: PinnedTarget): Promise<string> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    const { statusCode, body } = await request(origin + DOCUMENT_PATH, {
      dispatcher: this.agent,
      headers: { host: authority },
      signal,
    });
    if (statusCode !== 200) {
      await body.dump();
      throw new UnusableDocument(`${DOCUMENT_PATH} returned status ${statusCode}`);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > this.maxBytes)
        throw new UnusableDocument(`the document is larger than ${this.maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'the document is not valid JSON';
  const { name, code } = error as { name?: string; code?: string };
  return name === 'TimeoutError'
    ? `${DOCUMENT_PATH} timed out`
    : `${DOCUMENT_PATH} cannot be read (${code ?? name ?? ''})`;
}
