import { createHash } from 'node:crypto';
import { Html } from './html.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8889; --good: #2a9d5c; --bad: #d64545; --wait: #c98a1b; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
p, small { color: var(--soft); margin: .2rem 0; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: .85rem; }
th, td { padding: .45rem .8rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
code, a { font: .9rem ui-monospace, monospace; } a { color: inherit; }
ul { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: .3rem 1.5rem; }
.up { color: var(--good); } .down { color: var(--bad); } .draining, .starting { color: var(--wait); }
`;

/**
 * The page's style sheet. The content security policy contains the digest of its text, so it must be served
 * unmodified.
 */
export const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

const digest = createHash('sha256').update(STYLE).digest('base64');

/** Allows this one style sheet and nothing else: no script, image, frame or form. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
