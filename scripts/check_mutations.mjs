// Part of `npm run check`: the planted errors, which `npm run test:mutations` takes long to try, fit the code.
import { assertPlaces } from './mutations.mjs';
import { root } from './project.mjs';

assertPlaces(root);
