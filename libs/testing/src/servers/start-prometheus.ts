import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#scripts/lib/free-port.mjs';
import { findProgram } from '../process/find-program.js';
import { LaunchedProcess } from '../process/launched-process.js';
import { plainEnvironment } from '../process/start-system.js';
import { tempDir } from '../temp-dir.js';
import { waitFor } from '../wait-for.js';

/** One series of an instant query. */
export interface QueriedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus server that scrapes apps under test. */
export interface TestPrometheus {
  readonly url: string;
  /** Evaluates a PromQL expression now. */
  query(expression: string): Promise<readonly QueriedSeries[]>;
  /** The exemplars of the last minutes. */
  exemplars(expression: string): Promise<readonly QueriedSeries[]>;
  stop(): Promise<void>;
}

/**
 * Starts a server that scrapes `/metrics` of each target twice a second, in its preferred format, OpenMetrics.
 * @param targets origin by job name
 * @throws when Prometheus is not installed
 */
export async function startPrometheus(targets: Readonly<Record<string, string>>): Promise<TestPrometheus> {
  const program = findProgram('prometheus');
  if (program === undefined) throw new Error('prometheus is not installed');
  const directory = tempDir('prometheus-');
  const address = `127.0.0.1:${await freePort()}`;
  const file = join(directory.path, 'prometheus.yml');
  writeFileSync(file, configuration(targets));
  const process = new LaunchedProcess(
    program,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory.path, 'data')}`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
    ],
    plainEnvironment(),
  );
  const url = `http://${address}`;
  await waitFor(`Prometheus at ${url}`, async () => (await fetch(`${url}/-/ready`)).ok);
  return {
    url,
    query: (expression) => query(url, expression),
    exemplars: (expression) => exemplars(url, expression),
    stop: async () => {
      await process.stop();
      directory.remove();
    },
  };
}

// JSON is valid YAML.
const configuration = (targets: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
    scrape_configs: Object.entries(targets).map(([job, origin]) => ({
      job_name: job,
      static_configs: [{ targets: [new URL(origin).host] }],
    })),
  });

interface QueryResponse {
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>;
      readonly value: readonly [number, string];
    }[];
  };
}

async function query(url: string, expression: string): Promise<readonly QueriedSeries[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { data } = (await response.json()) as QueryResponse;
  return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}

interface ExemplarResponse {
  readonly data: readonly {
    readonly exemplars: readonly { readonly labels: Record<string, string>; readonly value: string }[];
  }[];
}

const RANGE_SECONDS = 300;

async function exemplars(url: string, expression: string): Promise<readonly QueriedSeries[]> {
  const now = Date.now() / 1000;
  const range = `start=${now - RANGE_SECONDS}&end=${now + RANGE_SECONDS}`;
  const path = `/api/v1/query_exemplars?query=${encodeURIComponent(expression)}&${range}`;
  const { data } = (await (await fetch(url + path)).json()) as ExemplarResponse;
  return data.flatMap((series) =>
    series.exemplars.map(({ labels, value }) => ({ labels, value: Number(value) })),
  );
}
