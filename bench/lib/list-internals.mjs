// Parts of the library that only the measurement needs: it starts in the middle of a list without reading up to there.
export { encodeCursor } from '../../dist/libs/service-kit/src/lists/cursor.js';
export { positionOf } from '../../dist/libs/service-kit/src/lists/list-rows.js';
export { planWalk } from '../../dist/libs/service-kit/src/lists/list-walk.js';
export { pageRows, readList } from '../../dist/libs/service-kit/src/lists/read-list.js';
