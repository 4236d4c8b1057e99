/** Part of `npm run check`: the errors that `npm run test:mutations` plants have their places in the code. */
import { assertPlaces } from './mutations.mjs';
import { root } from './project.mjs';

assertPlaces(root);
