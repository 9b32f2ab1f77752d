import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Databases that a suite creates on a test server. */
export class Databases {
  private readonly created: string[] = [];

  constructor(private readonly port: number) {}

  /** Creates an empty database and returns its URL. */
  async create(): Promise<string> {
    const name = `test_${randomUUID().replaceAll('-', '_')}`;
    this.created.push(name);
    // Copying the template's files takes a third of the CPU time of the default, which logs every page of them.
    const [server] = await this.query<{ copies: boolean }>(
      `select current_setting('server_version_num')::int >= 150000 as copies`,
    );
    await this.query(`create database ${name}${server?.copies === true ? ' strategy file_copy' : ''}`);
    return this.urlOf(name);
  }

  /** Removes every database that was created here, and ends its connections. */
  async dropAll(): Promise<void> {
    for (const name of this.created.splice(0)) await this.query(`drop database ${name} with (force)`);
  }

  /** Runs one statement on the server's own database. */
  async query<Row extends object>(text: string): Promise<readonly Row[]> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres') });
    try {
      await client.connect();
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  private readonly urlOf = (database: string): string =>
    `postgres://postgres@127.0.0.1:${this.port}/${database}`;
}
