import prettier from 'prettier';

/** The file as Prettier writes it: longer names need other line breaks. Files that it does not check stay as they are. */
export async function format({ path, text }) {
  const { ignored, inferredParser } = await prettier.getFileInfo(path, { ignorePath: '.prettierignore' });
  if (ignored || inferredParser === null) return { path, text };
  const options = await prettier.resolveConfig(path, { editorconfig: true });
  return { path, text: await prettier.format(text, { ...options, filepath: path }) };
}
