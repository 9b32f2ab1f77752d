/** The name of the package that an import is from: `@scope/name/file.js` is from `@scope/name`. */
export const packageOf = (id) => id.match(/^(?:@[^/]+\/)?[^/]+/)[0];
