import { readdirSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

/** A file `NAME.ts`, empty at first, asks for the types of the service `NAME`. */
const FOLDER = 'libs/shop-contracts/src/clients';

/** Every service has these operations, which other services do not call. */
const COMMON = /^\/(health|metrics|events)/;

/** A call between services has a response that ends. */
const isStream = ({ get }) => get?.responses[200]?.content?.['text/event-stream'] !== undefined;

const HEADER = '// Written by `npm run docs` from the OpenAPI document of the service.\n\n';

/** The files with the types of clients: path and source. @param documents OpenAPI documents by the name of the service */
export const clientTypes = (documents) =>
  Promise.all(
    readdirSync(FOLDER).map(async (file) => {
      const document = documents[file.replace(/\.ts$/, '')];
      if (!document) throw new Error(`${FOLDER}/${file} is not named after a service`);
      return { path: `${FOLDER}/${file}`, source: await sourceOf(document, `${FOLDER}/${file}`) };
    }),
  );

async function sourceOf({ paths, ...document }, filepath) {
  const called = Object.entries(paths).filter(([path, item]) => !COMMON.test(path) && !isStream(item));
  const own = Object.fromEntries(called);
  const types = astToString(await openapiTS({ ...document, paths: own }, { alphabetize: true }));
  return format(HEADER + types, { ...(await resolveConfig(filepath)), filepath });
}
