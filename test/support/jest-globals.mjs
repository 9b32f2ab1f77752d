// Under ESM jest does not set the `jest` global; libraries that look for it (and our specs) expect it.
import { jest } from '@jest/globals';

globalThis.jest = jest;
import 'reflect-metadata';
