import { escaped } from './escaped.mjs';
import { checkTexts, phaseCells, remarksOf, verdictOf } from './figures.mjs';
import { timelineOf } from './timeline.mjs';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2733; --paper: #fff; --muted: #5b6875; --line: #d5dce3; --ok: #17733f; --bad: #b3261e; --fault: #f6d9a8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4eaf0; --paper: #14191f; --muted: #9aa7b4; --line: #38434e; --ok: #5fce8f; --bad: #ff8a80; --fault: #4d3a17; }
}
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
p, figcaption { color: var(--muted); }
figure { margin: 1rem 0; overflow-x: auto; }
svg { width: 100%; min-width: 36rem; font: 11px system-ui, sans-serif; }
svg text { fill: var(--muted); }
.grid { stroke: var(--line); } .fault { fill: var(--fault); }
circle.ok { fill: var(--ink); } circle.bad { fill: var(--bad); }
line.up { stroke: var(--ok); stroke-width: 2; } line.down { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 4; }
.passed { color: var(--ok); } .failed { color: var(--bad); }
`;

const cells = (tag, texts) => texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('');
const table = (header, rows) =>
  `<table><thead><tr>${cells('th', header)}</tr></thead><tbody>${rows.join('')}</tbody></table>`;

/** A result as a page that needs no other file. */
export function htmlOf(result, words, language) {
  const { drill, phases, checks, passed, options } = result;
  const title = `${words.title}: ${words.faults[options.fault]}, ${options.service}`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><main>
<h1>${escaped(title)}</h1>
<p>${escaped([drill.startedAt.toISOString(), drill.targets.join(', '), words.load(options.rate, drill.path)].join(' · '))}</p>
<h2 class="${passed ? 'passed' : 'failed'}">${escaped(`${words.verdict}: ${verdictOf(result, words)}`)}</h2>
${remarksOf(result, words)
  .map((remark) => `<p>${escaped(remark)}</p>`)
  .join('')}
${table(
  [words.check, words.value, words.limit, words.verdict],
  checks.map((check) => checkRow(check, words)),
)}
<figure>${timelineOf(result, words)}<figcaption>${escaped(words.latency)}</figcaption></figure>
${table(
  words.columns,
  Object.entries(phases).map(
    ([name, phase]) => `<tr>${cells('td', [words.phases[name], ...phaseCells(phase)])}</tr>`,
  ),
)}
<h2>${escaped(words.changes)}</h2>
<ul>${drill.changes.map(({ atMs, instanceId, status, reason }) => `<li>${escaped(`${(atMs / 1000).toFixed(1)} s: ${instanceId} ${status}, ${reason}`)}</li>`).join('')}</ul>
</main></body></html>
`;
}

function checkRow(check, words) {
  const { value, limit } = checkTexts(check, words.none);
  const kind = check.passed ? 'passed' : 'failed';
  return `<tr>${cells('td', [words.checks[check.name], value, limit])}<td class="${kind}">${escaped(words[kind])}</td></tr>`;
}
