import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { connect, connectionTo, type RedisServer } from '#service-kit';
import type { PolicyHistory, PolicyRevision } from './policy-history.js';

type Connection = ReturnType<typeof connectionTo>;

/** Entries of the stream. With {@link MAX_LENGTH} they need at most some 20 MB of Redis. */
const ENTRIES = 20;
/** Longer files are not stored: their entry only ends what is known of the time before. */
const MAX_LENGTH = 1024 ** 2;
const COMMAND_TIMEOUT_MS = 1000;
const RETRY_EVERY_MS = 1000;

/**
 * The policy files of all gateways on one Redis, in a stream: a gateway that starts adds them to its history. Requests
 * and reloads do not wait for Redis. While it is away, the files that take effect wait in the history.
 */
export class PolicyArchive implements OnModuleInit, OnModuleDestroy {
  private readonly key: string;
  private hasRead = false;
  /** Later revisions are not in the stream yet. Milliseconds since the epoch. */
  private writtenUpTo: number;
  private running: Promise<void> | undefined;
  private isStale = false;
  private isClosed = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisServer,
    private readonly history: PolicyHistory,
  ) {
    this.key = `{${redis.prefix}}:policies`;
    this.writtenUpTo = (history.revisions[0]?.at ?? 0) - 1;
    history.file?.onChange(() => this.synchronise());
  }

  onModuleInit(): void {
    this.synchronise();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    await this.running;
    clearTimeout(this.retry);
  }

  private synchronise(): void {
    this.isStale = true;
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  private async run(): Promise<void> {
    while (this.isStale && !this.isClosed) {
      this.isStale = false;
      const connection = connectionTo(this.redis, COMMAND_TIMEOUT_MS);
      try {
        await connect(connection);
        await this.exchange(connection);
      } catch {
        // The registry reports that Redis is away.
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.synchronise(), RETRY_EVERY_MS).unref();
      } finally {
        connection.disconnect();
      }
    }
  }

  private async exchange(connection: Connection): Promise<void> {
    if (!this.hasRead) this.history.addEarlier(revisionsIn(await connection.xrange(this.key, '-', '+')));
    this.hasRead = true;
    const last = await connection.xrevrange(this.key, '+', '-', 'COUNT', 1);
    let newest = last[0] && memberOf(last[0][1], 'revision');
    for (const each of this.history.revisions.filter(({ at }) => at > this.writtenUpTo)) {
      // Otherwise another gateway, or an earlier run of this one, has stored the same file.
      if (each.revision !== newest)
        await connection.xadd(this.key, 'MAXLEN', ENTRIES, '*', ...membersOf(each));
      newest = each.revision;
      this.writtenUpTo = each.at;
    }
  }
}

function membersOf({ at, revision, texts: { text, files } }: PolicyRevision): string[] {
  const texts = JSON.stringify({ text, files: [...files] });
  const stored = texts.length > MAX_LENGTH ? [] : ['texts', texts];
  return ['at', String(at), 'revision', revision, ...stored];
}

function memberOf(members: readonly string[], name: string): string | undefined {
  const at = members.findIndex((each, i) => i % 2 === 0 && each === name);
  return at === -1 ? undefined : members[at + 1];
}

/** The revisions after the latest one that is not stored. */
function revisionsIn(entries: readonly (readonly [id: string, members: string[]])[]): PolicyRevision[] {
  const all = entries.map(([, members]) => revisionOf(members));
  return all.slice(all.lastIndexOf(undefined) + 1).filter((each) => each !== undefined);
}

function revisionOf(members: readonly string[]): PolicyRevision | undefined {
  const [at, revision, texts] = ['at', 'revision', 'texts'].map((name) => memberOf(members, name));
  if (at === undefined || revision === undefined || texts === undefined) return undefined;
  const { text, files } = JSON.parse(texts) as { text: string; files: [string, string][] };
  return { at: Number(at), revision, texts: { text, files: new Map(files) } };
}
