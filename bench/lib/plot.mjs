const WIDTH = 720;
const LABEL = 230;
const ROW = 26;
const HEAD = 58;
const BAR = WIDTH - LABEL - 90;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .note { fill: #59636e; font-size: 12px }
  .bar { fill: #9aa4af }
  .ours { fill: #1f6feb }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .note { fill: #9198a1 } .bar { fill: #59636e } }`;

const escaped = (text) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
const isOurs = ({ name }) => ['wire', 'node', 'local'].includes(name);

function row({ result, longest }, index) {
  const y = HEAD + index * ROW;
  const width = Math.max(1, (result.cpuUs / longest) * BAR).toFixed(1);
  return `
  <text x="${LABEL - 10}" y="${y + 14}" text-anchor="end">${escaped(result.title)}</text>
  <rect class="${isOurs(result) ? 'ours' : 'bar'}" x="${LABEL}" y="${y}" width="${width}" height="18" rx="3"/>
  <text x="${LABEL + Number(width) + 8}" y="${y + 14}">${result.cpuUs.toFixed(0)} µs</text>`;
}

/** The main result as SVG: CPU time per request of every proxy in one scenario, the lowest first. */
export function plotOf(scenario, machine) {
  const shown = scenario.results.filter(({ cpuUs, isControl }) => cpuUs !== undefined && !isControl);
  const results = shown.toSorted((a, b) => a.cpuUs - b.cpuUs);
  const longest = Math.max(...results.map(({ cpuUs }) => cpuUs));
  const height = HEAD + results.length * ROW + 12;
  const rows = results.map((result, index) => row({ result, longest }, index));
  const note = `${scenario.title}; one core; ${machine.cpu}, Node ${machine.node.slice(1)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
  <title>CPU time per request</title>
  <style>${STYLE}
  </style>
  <text class="title" x="12" y="22">CPU time per request (less is better)</text>
  <text class="note" x="12" y="42">${escaped(note)}</text>${rows.join('')}
</svg>
`;
}
