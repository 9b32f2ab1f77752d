import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TrafficHistory } from '#contracts';
import { FIGURES } from './traffic-series.js';

const VERSION = 1;

/** The history of the last day as a file, for the next run. It is replaced as a whole. */
export class HistoryFile {
  private readonly partial: string;

  constructor(readonly path: string) {
    this.partial = `${path}.${randomUUID()}.partial`;
  }

  /** `undefined` if there is no file. @throws if it cannot be read, or is none of ours */
  async read(): Promise<TrafficHistory | undefined> {
    try {
      return historyIn(await readFile(this.path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(history: TrafficHistory): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    try {
      await writeFile(this.partial, JSON.stringify({ version: VERSION, ...history }), { mode: 0o600 });
      await rename(this.partial, this.path);
    } catch (error) {
      await rm(this.partial, { force: true });
      throw error;
    }
  }
}

/** @throws if the text is no history */
function historyIn(text: string): TrafficHistory {
  const found = JSON.parse(text) as Partial<TrafficHistory> & { version?: unknown };
  const { at } = found;
  const isColumn = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length === at?.length &&
    value.every((each) => each === null || Number.isFinite(each));
  if (found.version !== VERSION || !isColumn(at) || !FIGURES.every((name) => isColumn(found[name])))
    throw new Error('the file has another version or is damaged');
  return found as TrafficHistory;
}
