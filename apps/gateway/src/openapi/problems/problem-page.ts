import { createHash } from 'node:crypto';
import type { Language, ProblemType } from './problem-type.js';

const TEXTS: Readonly<Record<Language, { readonly title: string; readonly lead: string }>> = {
  en: {
    title: 'Problem types',
    lead: 'Every error is <code>application/problem+json</code> (RFC 9457). The last part of its <code>type</code> is one of these codes.',
  },
  ko: {
    title: '오류 유형',
    lead: '오류는 모두 <code>application/problem+json</code>(RFC 9457) 문서이며, <code>type</code>의 마지막 부분이 아래 코드 가운데 하나입니다.',
  },
};

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1.25rem; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .25rem; }
h2 a { color: inherit; text-decoration: none; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
code { font: .9em ui-monospace, monospace; }
:target { outline: 2px solid #4c8bf5; outline-offset: .4rem; }
`;

const digest = createHash('sha256').update(STYLE).digest('base64');

/** Allows this style sheet and nothing else. */
export const PROBLEM_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** HTML of a text with code in backticks and links as in Markdown. */
const marked = (text: string): string =>
  escaped(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\((https:[^)"]+)\)/g, '<a href="$2">$1</a>');

const section = ({ code, status, title, meaning }: ProblemType, language: Language): string =>
  `<section id="${code}">
<h2><a href="#${code}"><code>${code}</code></a> · ${status} ${escaped(title)}</h2>
<p>${marked(meaning[language])}</p>
</section>`;

/** The page for browsers; each type has its code as anchor. */
export function problemPage(types: readonly ProblemType[], language: Language): string {
  const { title, lead } = TEXTS[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${lead}</p>
${types.map((type) => section(type, language)).join('\n')}
</main>
</body>
</html>
`;
}
