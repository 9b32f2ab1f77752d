/**
 * Folders are layers: no folder imports, over any number of others, a folder that imports it. Specs and the testing
 * folders that serve them import from every layer, so this check leaves them out. Part of `npm run lint:imports`.
 */
import imports from './.dependency-cruiser.mjs';

export default {
  forbidden: [
    {
      name: 'no-folder-cycles',
      severity: 'error',
      comment: 'two folders that need each other are one layer: move the shared part down, or declare a port',
      scope: 'folder',
      from: { path: '^(apps/([a-z0-9-]+-service|gateway/src/(discovery|proxy))|libs/[a-z-]+)/' },
      to: { circular: true },
    },
  ],
  options: { ...imports.options, exclude: { path: '^dist/|\\.spec\\.ts$|^apps/.*/testing/' } },
};
