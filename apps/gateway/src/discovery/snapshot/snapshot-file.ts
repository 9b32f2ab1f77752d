import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SavedSnapshot, RegistryContents } from '../store/registry-store.js';
import type { RevisedInstance } from '../store/stored-instance.js';

const VERSION = 1;
/** Instances serialised per turn of the event loop: a large registry must not delay requests. */
const INSTANCES_AT_ONCE = 100;
const ABANDONED_AFTER_MS = 60_000;

interface Head {
  readonly version: number;
  readonly registry: string;
  readonly epoch?: string;
  readonly change: number;
  readonly instances: number;
  readonly names: readonly (readonly [name: string, lastSeenAt: number])[];
}

/**
 * A registry snapshot as a file of JSON lines: a head with the known names, then one instance per line. It is
 * replaced as a whole, so that a crash leaves the previous one; its modification time shows when the gateway
 * last ran.
 */
export class SnapshotFile {
  /** Gateways on one Redis may share the file; each writes a temporary file of a unique name first. */
  private readonly partial: string;

  /** @param registry identifies the registry; the snapshot of another one is ignored */
  constructor(
    readonly path: string,
    private readonly registry: string,
  ) {
    this.partial = `${path}.${randomUUID()}.partial`;
  }

  /**
   * Resolves to `undefined` if the file does not exist, or belongs to another registry. @throws if it exists but cannot be read, or is
   * incomplete
   */
  async read(): Promise<SavedSnapshot | undefined> {
    await this.removeAbandoned();
    const writtenAt = await stat(this.path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (writtenAt === undefined) return undefined;
    const lines: unknown[] = [];
    for await (const line of createInterface({ input: createReadStream(this.path, 'utf8') }))
      lines.push(JSON.parse(line));
    const [head, ...instances] = lines as [Head?, ...RevisedInstance[]];
    if (head?.version !== VERSION || head.instances !== instances.length)
      throw new Error('the snapshot file has another version or is truncated');
    if (head.registry !== this.registry) return undefined;
    return {
      epoch: head.epoch,
      change: head.change,
      instances,
      names: new Map(head.names),
      ageMs: Math.max(0, Date.now() - writtenAt),
    };
  }

  async write(snapshot: RegistryContents): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    try {
      await pipeline(Readable.from(this.textOf(snapshot)), createWriteStream(this.partial, { mode: 0o600 }));
      await rename(this.partial, this.path);
    } catch (error) {
      await rm(this.partial, { force: true });
      throw error;
    }
  }

  /** Updates the modification time: the gateway still runs, and the snapshot is still current. */
  async touch(): Promise<void> {
    const now = new Date();
    await utimes(this.path, now, now);
  }

  /** Removes what a crash during a write left behind. Another gateway may be writing a young file. */
  private async removeAbandoned(): Promise<void> {
    const folder = dirname(this.path);
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(`${basename(this.path)}.`) || !name.endsWith('.partial')) continue;
      const path = join(folder, name);
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
    }
  }

  private *textOf({ epoch, change, instances, names }: RegistryContents): Generator<string> {
    const head: Head = {
      version: VERSION,
      registry: this.registry,
      ...(epoch !== undefined && { epoch }),
      change,
      instances: instances.length,
      names: [...names],
    };
    yield `${JSON.stringify(head)}\n`;
    for (let i = 0; i < instances.length; i += INSTANCES_AT_ONCE)
      yield instances
        .slice(i, i + INSTANCES_AT_ONCE)
        .map((each) => `${JSON.stringify(each)}\n`)
        .join('');
  }
}
