import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '#testing';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly 'timeout-minutes': number;
  readonly steps: readonly Step[];
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
}

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { scripts, engines } = JSON.parse(textOf('package.json')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};
const workflow = parse(textOf('.github/workflows/ci.yml')) as {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
};
const jobs = Object.values(workflow.jobs);
const commands = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])).join('\n');

describe('.github/workflows/ci.yml', () => {
  it('may only read, and never runs for ever', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(jobs.filter((job) => !(job['timeout-minutes'] <= 30))).toEqual([]);
  });

  it('runs npm scripts that exist', () => {
    const named = [...commands.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
    expect(named).toContain('lint');
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  it('does all that a change has to pass anywhere', () => {
    const steps = [...textOf('.ci/run').matchAll(/^step (.+)$/gm)].map(([, command]) => command!);
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.filter((command) => !commands.includes(command))).toEqual([]);
  });

  it('tests on every Node.js that is promised, from the oldest on', () => {
    const floor = Number(/^>=(\d+)/.exec(engines.node)![1]);
    expect(workflow.jobs.test?.strategy?.matrix.node).toEqual([floor, floor + 2, floor + 4]);
  });

  it('uses actions of a fixed version', () => {
    const used = jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(used.filter((action) => !/@v\d+$|@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });
});
