import { format, resolveConfig } from 'prettier';

/** The page of problem types that the gateway serves has the texts of the reference. */
export const PROBLEM_TYPES_FILE = 'apps/gateway/src/openapi/problems/problem-types.ts';

const ROW = /^\| `([\w-]+)` \| (\d{3}) \| (.*?) \| (.*) \|$/gm;

/**
 * The source of the gateway's problem types.
 * @param pages the texts of the reference page of problems, by language
 */
export async function problemTypesSource({ en, ko }) {
  const korean = new Map([...ko.matchAll(ROW)].map(([, code, , , meaning]) => [code, meaning]));
  const types = new Map();
  for (const [, code, status, title, meaning] of en.matchAll(ROW))
    if (!types.has(code))
      types.set(code, {
        code,
        status: Number(status),
        title,
        meaning: { en: meaning, ko: korean.get(code) },
      });
  const list = [...types.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
  const text = `// Written by \`npm run docs\` from the reference pages of problem types.
import type { ProblemType } from './problem-type.js';

/** Every problem type of the gateway and of the sample shop, by code. */
export const PROBLEM_TYPES: readonly ProblemType[] = ${JSON.stringify(list)};
`;
  const options = await resolveConfig(PROBLEM_TYPES_FILE);
  return format(text, { ...options, filepath: PROBLEM_TYPES_FILE });
}
