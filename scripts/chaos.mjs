/**
 * `npm run chaos -- FAULT SERVICE`: a drill against a running system. Sends a light load through the gateway, makes an
 * instance fail for a time, and judges what clients noticed. Exit code: 0 passed, 1 failed, 2 not run.
 */
import './lib/node-version.mjs';
import './lib/root.mjs';
import { readCommandLine, USAGE } from './chaos/command-line.mjs';
import { DrillError } from './chaos/drill-error.mjs';
import { runDrill } from './chaos/drill.mjs';
import { checkReport, print, writeReport } from './chaos/report/index.mjs';
import { judge } from './chaos/verdict.mjs';

const INTERRUPTED = 130;

const line = readCommandLine(process.argv.slice(2), process.env);
if (typeof line === 'string') {
  console.error(`${line}\n\n${USAGE}`);
  process.exit(2);
}
if (line.help) {
  console.log(USAGE);
  process.exit(0);
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort());

try {
  if (line.report) checkReport(line);
  const drill = await runDrill(line, interruption.signal, (text) => console.error(text));
  const result = judge(drill, line);
  print(result, line);
  if (line.report) writeReport(result, line);
  process.exit(drill.isInterrupted ? INTERRUPTED : result.passed ? 0 : 1);
} catch (error) {
  if (!(error instanceof DrillError)) throw error;
  console.error(error.message);
  process.exit(2);
}
